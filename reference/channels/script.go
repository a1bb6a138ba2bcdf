package channels

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/send.lua
var sendLua string

//go:embed lua/claim.lua
var claimLua string

//go:embed lua/release.lua
var releaseLua string

// The scripts never change after this.
var (
	sendScript    = redis.NewScript(sendLua)
	claimScript   = redis.NewScript(claimLua)
	releaseScript = redis.NewScript(releaseLua)
)

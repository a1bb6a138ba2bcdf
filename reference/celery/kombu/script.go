package kombu

import (
	_ "embed"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/internal/luajson"
)

//go:embed lua/publish.lua
var publishLua string

//go:embed lua/claim.lua
var claimLua string

//go:embed lua/ack.lua
var ackLua string

//go:embed lua/move.lua
var moveLua string

//go:embed lua/park.lua
var parkLua string

//go:embed lua/extend.lua
var extendLua string

//go:embed lua/adopt.lua
var adoptLua string

//go:embed lua/exhume.lua
var exhumeLua string

//go:embed lua/unlock.lua
var unlockLua string

//go:embed lua/lead.lua
var leadLua string

//go:embed lua/tick.lua
var tickLua string

// The scripts never change after this.
var (
	publishScript = redis.NewScript(publishLua)
	claimScript   = redis.NewScript(luajson.Reader + claimLua)
	ackScript     = redis.NewScript(ackLua)
	moveScript    = redis.NewScript(moveLua)
	parkScript    = redis.NewScript(parkLua)
	exhumeScript  = redis.NewScript(exhumeLua)
	extendScript  = redis.NewScript(extendLua)
	leadScript    = redis.NewScript(leadLua)
	tickScript    = redis.NewScript(tickLua)
	unlockScript  = redis.NewScript(unlockLua)
	adoptScript   = redis.NewScript(adoptLua)
)

package targets

import (
	"fmt"
	"io"
	"strings"
)

// A bar shows how far a long piece of work is: on a terminal a line that is
// written over, elsewhere a line for each quarter of what is worth it.
type bar struct {
	w     io.Writer
	live  bool
	shown int // per cent
}

func newBar(w io.Writer) *bar { return &bar{w: w, live: terminal(w)} }

// worthABar is how many keys take long enough to look at.
const worthABar = 100_000

func (b *bar) show(done, total int) {
	if total < worthABar {
		return
	}
	percent := done * 100 / total
	if percent == b.shown {
		return
	}
	if b.live {
		const width = 40
		full := percent * width / 100
		fmt.Fprintf(b.w, "\r  [%s%s] %3d %%  %d of %d keys", strings.Repeat("#", full), strings.Repeat(" ", width-full), percent, done, total)
	} else if percent/25 > b.shown/25 {
		fmt.Fprintf(b.w, "  %d %%  %d of %d keys\n", percent, done, total)
	}
	b.shown = percent
}

// end leaves the line of the bar.
func (b *bar) end() {
	if b.live && b.shown > 0 {
		fmt.Fprintln(b.w)
	}
}

// Command conform judges the reference implementations, or a server of the
// user's own, and writes what it found to a directory: index.html, report.md,
// junit.xml and report.json.
//
//	conform [flags] run              the references on every engine at hand
//	conform [flags] matrix           all systems side by side, from recorded verdicts; -judge renews those of the references
//	conform [flags] interop          the references, beside the caches, brokers, results and tasks of Python they were made after
//	conform [flags] server URL       the Redis at URL, by every family that can judge it
//	conform [flags] cache URL        the same, by the cache family alone
//	conform remote [flags] COMMAND…  an adapter, as conformance/remote/PROTOCOL.md describes it, and what it serves
//
// It runs anywhere: in a module that requires redkit as
//
//	go run github.com/redkit-dev/redkit/cmd/conform server redis://127.0.0.1:6379/0
//
// and elsewhere with @latest behind the path. matrix alone wants a clone, whose
// COMPATIBILITY.md it writes.
//
// On a Redis at a URL only free databases are used, and given back. A cache
// behind an adapter is emptied for each requirement unless the LOCATION of its
// -entry is such a URL.
//
// It exits with 1 if a requirement failed, if anything broke, or if nothing
// was judged, and with 2 if it was called in a wrong way.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/internal/compat"
)

func main() {
	redis.SetLogger(quiet{}) // faults make the client complain, and that is no news here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// quiet drops what go-redis logs.
type quiet struct{}

// Printf implements the logger of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}

// errUsage is a call that cannot be understood.
var errUsage = errors.New("usage")

// run is main, for tests.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	err := conform(ctx, args, out, errs)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(errs, err)
		return 2
	}
	fmt.Fprintln(errs, err)
	return 1
}

func conform(ctx context.Context, args []string, out, errs io.Writer) error {
	flags := flag.NewFlagSet("conform", flag.ContinueOnError)
	flags.SetOutput(errs)
	dir := flags.String("o", "report", "the directory to write")
	spec := flags.String("spec", specification(), "where links to requirements lead: the path from the directory, or an address, of SPEC.md")
	only := flags.String("only", "", "judge only requirements whose ID matches this regular expression")
	var own target
	flags.StringVar(&own.family, "family", "", "with remote: judge this family, cache, broker, result, task or layer, and not those that the adapter names")
	flags.StringVar(&own.entry, "entry", "{}", "with remote: what the adapter opens, an entry of Django's CACHES or CHANNEL_LAYERS as JSON")
	flags.StringVar(&own.claims, "claims", "", "with remote: behaviours it has beyond those it names, such as cache.subsecond,cache.values.bytes (SPEC.md lists them)")
	judge := flags.Bool("judge", false, "with matrix: judge the references at hand first, and record what they do")
	verbose := flags.Bool("v", false, "show what constructors log")
	if err := parse(flags, args); err != nil {
		return err
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("%w: -only: %w", errUsage, err)
	}
	opts := conformance.Options{
		Only: func(id conformance.ID) bool { return pattern.MatchString(string(id)) },
		Rerun: func(id conformance.ID) string {
			return fmt.Sprintf("go run %s -only '^%s$' %s", program(), id, again(flags))
		},
	}
	if *verbose {
		opts.Logf = func(format string, args ...any) { fmt.Fprintf(errs, format+"\n", args...) }
	}
	if flags.NArg() == 1 && flags.Arg(0) == "matrix" {
		return matrix(ctx, *dir, *spec, *judge, opts, out)
	}
	found, err := find(ctx, flags.Args(), own, errs)
	if err != nil {
		return err
	}
	record, err := compat.Recorded()
	if err != nil {
		return err
	}
	var reports []*conformance.Report
	var stale []error
	for _, s := range found {
		report := s.judge(ctx, opts)
		if *only != "" && len(report.Results) == 0 && report.Broken == "" {
			continue // nothing of its family was asked for
		}
		reports = append(reports, report)
		stale = append(stale, record.Hold(report))
		headline := report.Headline()
		if report.Broken != "" {
			headline = "broken: " + report.Broken
		}
		fmt.Fprintf(out, "%-32s %s\n", s.name, headline)
	}
	return errors.Join(write(*dir, *spec, reports, out), errors.Join(stale...))
}

// parse reads a command line. Behind remote come more flags, then the words of
// a command that are not ours.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil && flags.Arg(0) == "remote" {
		err = flags.Parse(append([]string{}, flags.Args()[1:]...))
		if err == nil {
			err = flags.Parse(append([]string{"--", "remote"}, flags.Args()...)) // so that Args is what find takes
		}
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return fmt.Errorf("%w: %w", errUsage, err)
}

// again is the part of a command line that chooses the subjects, without the
// passwords in it.
func again(flags *flag.FlagSet) string {
	var words []string
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "claims" || f.Name == "family" {
			words = append(words, fmt.Sprintf("-%s '%s'", f.Name, f.Value))
		}
		if f.Name == "entry" {
			words = append(words, "-entry …") // it may hold a password
		}
	})
	for _, arg := range flags.Args() {
		if u, err := address(arg); err == nil {
			arg = u.Redacted()
		}
		if strings.ContainsAny(arg, " '?&") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

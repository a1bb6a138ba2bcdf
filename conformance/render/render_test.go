package render_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/render"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/internal/golden"
)

// sample has a result of every status, and text that each format must escape.
func sample() *render.Run {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	result := func(id, level, status, reason string) render.Result {
		return render.Result{ID: id, Level: level, Profile: "core", Since: 1, Status: status, Reason: reason,
			Says: "A <box> " + level + " hold | things.", Why: "rain & snow", Spec: "SPEC.md#" + strings.ToLower(id), Took: 1500 * time.Microsecond}
	}
	failed := result("TOY-BAS-002", "MUST", "fail", "")
	failed.Rerun = "go test -run '^TestBox$/^TOY-BAS-002$' ./box"
	failed.Failures = []render.Failure{{Where: "box.go:7", Text: "Take(\"<k>\") = \"\x00\", want \"```\"", Calls: []string{`Put("<k>")`, "Advance(1h)"}}}
	return &render.Run{Reports: []render.Report{
		{Family: "TOY", Subject: "paper | 1.0", Started: at, Results: []render.Result{
			result("TOY-BAS-001", "MUST", "pass", ""), failed, result("TOY-OPT-001", "SHOULD", "skip", "not claimed: toy.shakes"),
			result("TOY-OPT-002", "MAY", "unproven", "no faults"), result("TOY-OPT-003", "MUST", "waived", "old paper"),
		}},
		{Family: "TOY", Subject: "steel", Started: at, Results: []render.Result{
			result("TOY-BAS-001", "MUST", "error", "constructor panicked: no steel\nmain.go:1"),
		}},
		{Family: "TOY", Subject: "glass", Started: at, Broken: `claim "toy.sings": TOY has no such capability`},
	}}
}

func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatalf("write: %v", err)
	}
	return b.Bytes()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return sample().WriteMarkdown(w, "../SPEC.md") })
	golden.Equal(t, got, "testdata/report.md")
}

func TestHTML(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return sample().WriteHTML(w, "../SPEC.md") })
	golden.Equal(t, got, "testdata/index.html")
	for _, outside := range []string{"http://", "https://", "src=", "@import", "url("} {
		if bytes.Contains(got, []byte(outside)) {
			t.Errorf("the page holds %q, want it to need nothing from outside", outside)
		}
	}
}

func TestJUnitHasAChildForEveryBadCase(t *testing.T) {
	t.Parallel()
	got := written(t, sample().WriteJUnit)
	golden.Equal(t, got, "testdata/junit.xml")
	count := map[string]int{}
	for dec := xml.NewDecoder(bytes.NewReader(got)); ; {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the XML does not parse: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			count[start.Name.Local]++
		}
	}
	want := map[string]int{"testsuites": 1, "testsuite": 3, "testcase": 7, "failure": 1, "error": 2, "skipped": 3, "properties": 7, "property": 24}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
}

func TestARunOfNothingIsAnErrorEverywhere(t *testing.T) {
	t.Parallel()
	empty := &render.Run{}
	if err := empty.Err(); err == nil || !strings.Contains(err.Error(), "no requirement was judged") {
		t.Errorf("Err() of an empty run = %v, want an error", err)
	}
	for name, got := range map[string][]byte{
		"JUnit":    written(t, empty.WriteJUnit),
		"Markdown": written(t, func(w io.Writer) error { return empty.WriteMarkdown(w, "SPEC.md") }),
		"HTML":     written(t, func(w io.Writer) error { return empty.WriteHTML(w, "SPEC.md") }),
	} {
		if text := string(got); !strings.Contains(text, "<error") && !strings.Contains(text, "Nothing ran") {
			t.Errorf("%s of an empty run does not say so:\n%s", name, text)
		}
	}
}

func TestErrNamesWhatIsBad(t *testing.T) {
	t.Parallel()
	err := sample().Err()
	if err == nil {
		t.Fatal("Err() = nil, want an error")
	}
	for _, want := range []string{"paper | 1.0: TOY-BAS-002: fail", "steel: TOY-BAS-001: error", "glass: claim"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Err() = %v, want it to name %q", err, want)
		}
	}
	good := &render.Run{Reports: sample().Reports[:1]}
	good.Reports[0].Results = good.Reports[0].Results[:1]
	if err := good.Err(); err != nil {
		t.Errorf("Err() of a good run = %v, want nil", err)
	}
}

// TestJSONFollowsTheSchema holds the schema to what suites really report.
func TestJSONFollowsTheSchema(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(render.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	real := subjects.Memory()
	real.Waive = map[conformance.ID]string{"CACHE-BAS-001": "to have a fail in it"}
	text, err := json.Marshal(map[string]any{"reports": []any{cachetest.Check(t.Context(), real)}})
	if err != nil {
		t.Fatal(err)
	}
	run, err := render.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text []byte) error {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(instance)
	}
	for name, text := range map[string][]byte{"a real report": text, "its copy": written(t, run.WriteJSON), "the sample": written(t, sample().WriteJSON), "nothing": written(t, (&render.Run{}).WriteJSON)} {
		if err := valid(text); err != nil {
			t.Errorf("%s does not follow the schema: %v", name, err)
		}
	}
	if err := valid([]byte(`{"reports": [{"family": "toy"}]}`)); err == nil {
		t.Error("a report without a subject follows the schema, want it refused")
	}
}

func TestReadTakesReportsAlone(t *testing.T) {
	t.Parallel()
	const report = `{"family":"CACHE","subject":"mine","results":[{"id":"CACHE-BAS-001","status":"pass"}]}`
	for _, text := range []string{report, "[" + report + "]", " [\n" + report + "]", `{"reports":[` + report + `]}`} {
		run, err := render.Read(strings.NewReader(text))
		if err != nil || run.Err() != nil || len(run.Reports) != 1 || run.Reports[0].Subject != "mine" {
			t.Errorf("Read(%s) = %+v, %v, want the report of mine", text, run, err)
		}
	}
	for _, text := range []string{"", "{", "[1]", "7", `"text"`, "[{]"} {
		if run, err := render.Read(strings.NewReader(text)); err == nil {
			t.Errorf("Read(%q) = %+v, nil, want an error", text, run)
		}
	}
}

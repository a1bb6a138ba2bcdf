package devenv_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

func TestEnsurePasswordAppendsOneThatOnlyItsOwnerReads(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"no file":             "",
		"no password":         "REDKIT_PROJECT=shop # ours\n",
		"no end of line":      "REDKIT_PROJECT=shop",
		"a password in words": "#REDKIT_PASSWORD=example\n",
		"an empty password":   "REDKIT_PASSWORD=\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), ".env")
			if before != "" {
				if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			place, err := devenv.EnsurePassword(devenv.LoadOptions{Root: filepath.Dir(file), Environ: []string{"REDKIT_PASSWORD="}})
			if err != nil || !place.Written || !strings.HasPrefix(place.Origin, file+":") {
				t.Fatalf("EnsurePassword() = %+v, %v, want it written to %s", place, err, file)
			}
			after, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kept := strings.TrimSuffix(before, "\n")
			if kept != "" {
				kept += "\n"
			}
			added, begins := strings.CutPrefix(string(after), kept)
			if !begins || !regexp.MustCompile(`^REDKIT_PASSWORD=[A-Z2-7]{26}\n$`).MatchString(added) {
				t.Errorf("the file holds %q, want %q and a password", after, kept)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file's mode is %v, %v, want 0600", info.Mode(), err)
			}
			set, err := devenv.Load(devenv.LoadOptions{Root: filepath.Dir(file), Environ: []string{"REDKIT_PROFILE=single,acl"}})
			if err != nil || !strings.Contains(added, "="+set.Password.Reveal()+"\n") {
				t.Errorf("Load() = %v, want the password that was written", err)
			}
		})
	}
}

func TestEnsurePasswordKeepsTheOneThatIsSet(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "team.env")
	const before = "# ours\nREDKIT_PASSWORD='four words of mine'\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		environ []string
		want    string
	}{
		{"the file", nil, file + ":2"},
		{"the environment", []string{"REDKIT_PASSWORD=x"}, "environment"},
	} {
		place, err := devenv.EnsurePassword(devenv.LoadOptions{
			Root: filepath.Dir(file), DotEnv: "team.env", Environ: append([]string{"HOME=/"}, tt.environ...),
		})
		if err != nil || place != (devenv.PasswordPlace{Origin: tt.want}) {
			t.Errorf("EnsurePassword(%s) = %+v, %v, want origin %s and nothing written", tt.name, place, err, tt.want)
		}
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != before {
		t.Errorf("the file holds %q, %v, want it unchanged", after, err)
	}
}

func TestEnsurePasswordLeavesAFileThatItCannotRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	const before = "REDKIT_PASSWORD='no end\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := devenv.EnsurePassword(devenv.LoadOptions{Root: filepath.Dir(file), Environ: []string{"HOME=/"}})
	if err == nil || !strings.Contains(err.Error(), ".env:1") || strings.Contains(err.Error(), "no end") {
		t.Errorf("EnsurePassword() error = %v, want one that names .env:1 and not the value", err)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != before {
		t.Errorf("the file holds %q, %v, want it unchanged", after, err)
	}
}

package devenv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/devenv"
)

func TestParseURLForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw      string
		addrs    []string
		db       int
		password string
		loopback bool
	}{
		{"redis://", []string{"localhost:6379"}, 0, "", true},
		{"redis://127.0.0.1", []string{"127.0.0.1:6379"}, 0, "", true},
		{"redis://:p%40ss%2F@db.example:7000/3", []string{"db.example:7000"}, 3, "p@ss/", false},
		{"REDIS://h/0", []string{"h:6379"}, 0, "", false},
		{"rediss://user:pw@[::1]:6390/2?ssl_cert_reqs=none", []string{"[::1]:6390"}, 2, "pw", true},
		{"redis://h/1?db=4", []string{"h:6379"}, 4, "", false},
		{"redis://h?password=opt", []string{"h:6379"}, 0, "opt", false},
		{"unix:///run/r.sock?db=5", []string{"/run/r.sock"}, 5, "", true},
		{"unix://:pw@/run/r%20s.sock", []string{"/run/r s.sock"}, 0, "pw", true},
		{"redis+socket:///run/r.sock?virtual_host=6", []string{"/run/r.sock"}, 6, "", true},
		{"redis+socket:///run/r.sock?virtual_host=/6", []string{"/run/r.sock"}, 6, "", true},
		{"sentinel://h1:1;sentinel://h2;sentinel://h3:3/7", []string{"h1:1", "h2:26379", "h3:3"}, 7, "", false},
		{"sentinel://:pw@h1:1/2;sentinel://:pw@h2:2/2", []string{"h1:1", "h2:2"}, 2, "pw", false},
		{"sentinel://h1:1;h2:2/0?master_name=m", []string{"h1:1", "h2:2"}, 0, "", false},
		{"redis+cluster://u:pw@h1:1,h2:2", []string{"h1:1", "h2:2"}, 0, "pw", false},
		{"cluster://127.0.0.1:7001,127.0.0.1:7002/0", []string{"127.0.0.1:7001", "127.0.0.1:7002"}, 0, "", true},
	}
	for _, tt := range tests {
		u, err := devenv.ParseURL(tt.raw)
		if err != nil {
			t.Errorf("ParseURL(%q) = %v", tt.raw, err)
			continue
		}
		if diff := cmp.Diff(tt.addrs, u.Addrs()); diff != "" || u.DB() != tt.db || u.Password().Reveal() != tt.password || u.Loopback() != tt.loopback {
			t.Errorf("ParseURL(%q) = %v db %d password %q loopback %t, want %v %d %q %t", tt.raw,
				u.Addrs(), u.DB(), u.Password().Reveal(), u.Loopback(), tt.addrs, tt.db, tt.password, tt.loopback)
		}
	}
}

func TestParseURLErrorsSayWhatIsWantedAndHideThePassword(t *testing.T) {
	t.Parallel()
	tests := []struct{ raw, want string }{
		{"127.0.0.1:6379", "no scheme"},
		{"http://h", `scheme "http" is not known`},
		{"redis://default:s3cret@h:port", "want host or host:port"},
		{"redis://default:s3cret@h:70000", "not in 1 to 65535"},
		{"redis://default:s3c/ret@h", "percent-encode"},
		{"redis://default:s3cret#1@h", "percent-encode"},
		{"redis://default:s3?cret@h:1", "percent-encode"},
		{"redis://s3?cret@h:1", "percent-encode"},
		{"redis://default:s3cret%zz@h", "bad %-escape"},
		{"redis://default:@h", "empty password"},
		{"redis://default:s3cret@h/x", "database"},
		{"redis://default:s3cret", "want host"},
		{"redis://default:53537353", "not in 1 to 65535"},
		{"redis://h1,h2", "2 hosts"},
		{"unix://run/r.sock", "absolute path"},
		{"cluster://h/3", "only database 0"},
		{"sentinel://:s3cret@h1;sentinel://:other@h2", "different"},
		{"sentinel://:s3cret@h1/1;sentinel://h2/2", "different databases"},
		{"redis://h?a=%zz", "key=value"},
	}
	for _, tt := range tests {
		_, err := devenv.ParseURL(tt.raw)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseURL(%q) = %v, want an error that says %q", tt.raw, err, tt.want)
			continue
		}
		for _, secret := range []string{"s3", "cret", "53537353", ":other"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("ParseURL(%q) shows %q: %v", tt.raw, secret, err)
			}
		}
	}
}

func TestOpenClientListsEveryBadOption(t *testing.T) {
	t.Parallel()
	_, err := devenv.OpenClient("redis://:s3cret@h?ssl_cert_reqs=none&socket_timout=3&protocol=4&max_connections=1&max_connections=2&zzzzzzzz=1", devenv.ClientOptions{})
	if err == nil {
		t.Fatal("OpenClient took bad options")
	}
	for _, want := range []string{"socket_timout is not known: did you mean socket_timeout?", "ssl_cert_reqs needs TLS", "protocol: want a number from 2 to 3", "max_connections is given 2 times", "zzzzzzzz is not known: known are"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error shows the password: %v", err)
	}
	if _, err := devenv.OpenClient("sentinel://h", devenv.ClientOptions{}); err == nil || !strings.Contains(err.Error(), "master_name") {
		t.Errorf("OpenClient of sentinels without a master = %v, want an error that names master_name", err)
	}
}

func FuzzRedactURL(f *testing.F) {
	f.Add("redis", "default", "p@ss:w/or#d?", "h:1/0")
	f.Add("sentinel", "", "a;b", "h1;sentinel://h2")
	f.Fuzz(func(t *testing.T, scheme, user, password, rest string) {
		const secret = "pl4nted-s3cret"
		raw := scheme + "://" + user + ":" + password + secret + "@" + rest
		if got := devenv.RedactURL(raw); strings.Contains(got, secret) {
			t.Errorf("RedactURL(%q) = %q", raw, got)
		}
		if _, err := devenv.ParseURL(raw); err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("ParseURL(%q) shows the password: %v", raw, err)
		}
	})
}

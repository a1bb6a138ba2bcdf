//go:build unix

package targets_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// dockerEngine serves what the compose backend asks of a Docker engine on a
// unix socket: an empty machine with the image example/here:1, which cannot
// pull example/refused:1 and never ends to pull example/endless:1.
func dockerEngine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: dockerengine SOCKET")
	}
	l, err := net.Listen("unix", ts.MkAbs(args[0]))
	ts.Check(err)
	mux := http.NewServeMux()
	reply := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	}
	reply("GET /version", `{"Version":"25.0"}`)
	reply("GET /containers/json", `[]`)
	reply("GET /networks", `[]`)
	reply("GET /volumes", `{"Volumes":[]}`)
	reply("GET /images/json", `[]`)
	mux.HandleFunc("GET /images/{name...}", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.PathValue("name"), "example/here:1/") {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message":"No such image"}`)
			return
		}
		fmt.Fprint(w, `{}`)
	})
	mux.HandleFunc("POST /images/create", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, `{"status":"Pulling from example"}`)
		if strings.Contains(r.FormValue("fromImage"), "endless") {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done() // the client gives up
			return
		}
		fmt.Fprintln(w, `{"error":"toomanyrequests: come back tomorrow"}`)
	})
	server := &http.Server{Handler: mux}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }() // ends with Close below, which is waited for
	ts.Defer(func() {
		server.Close()
		<-done
	})
}

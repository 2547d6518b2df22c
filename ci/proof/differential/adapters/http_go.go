// Requests as Go's net/http reads them: a server that tells each request it was given in its answer.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	log.SetOutput(io.Discard)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil { // it is no request that was read
			panic(http.ErrAbortHandler)
		}
		json.NewEncoder(w).Encode([]string{r.Method, r.RequestURI, hex.EncodeToString(body)})
	}))
	io.Copy(io.Discard, os.Stdin) // the driver closes it at the end
}

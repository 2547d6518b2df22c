// Forms as Go's mime and mime/multipart read them.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"os"
)

func fields(record []byte) ([][2]string, error) {
	kind, body, _ := bytes.Cut(record, []byte("\n"))
	media, parameters, err := mime.ParseMediaType(string(kind))
	if err != nil {
		return nil, err
	}
	if media != "multipart/form-data" || parameters["boundary"] == "" {
		return nil, errors.New("no form: " + media)
	}
	found := [][2]string{}
	reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if name := part.FormName(); name != "" { // a part without one is no field in Go
			found = append(found, [2]string{hex.EncodeToString([]byte(name)), hex.EncodeToString(value)})
		}
	}
}

func main() {
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		record := make([]byte, size)
		if _, err := io.ReadFull(in, record); err != nil {
			os.Exit(1)
		}
		if found, err := fields(record); err != nil {
			out.Encode(map[string]any{"refused": err.Error()})
		} else {
			out.Encode(map[string]any{"fields": found})
		}
	}
}

// Forms as Go's mime and mime/multipart read them.
package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
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
	answerAll(func(record []byte) (map[string]any, error) {
		found, err := fields(record)
		return map[string]any{"fields": found}, err
	})
}

// Answers as Go's encoding/json and encoding/base64 read them.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

var paths = []string{"request_id", "log_id", "error_code", "error_code_str", "error_msg", "error_detail",
	"error_detail.status_code", "error_detail.code", "error_detail.code_message",
	"error_detail.message", "data", "data.image"}

func field(value any) [2]any {
	switch one := value.(type) {
	case nil:
		return [2]any{"null", nil}
	case bool:
		return [2]any{"boolean", nil}
	case json.Number:
		if whole, err := strconv.ParseInt(string(one), 10, 64); err == nil {
			return [2]any{"integer", whole}
		}
		if strings.ContainsAny(string(one), ".eE") {
			return [2]any{"number", nil}
		}
		return [2]any{"integer", nil} // larger than 64 bits
	case string:
		return [2]any{"string", hex.EncodeToString([]byte(one))}
	case []any:
		return [2]any{"array", nil}
	}
	return [2]any{"object", nil}
}

func pick(root any, path string) [2]any {
	for _, key := range strings.Split(path, ".") {
		object, is := root.(map[string]any)
		if !is {
			return [2]any{"absent", nil}
		}
		value, there := object[key]
		if !there {
			return [2]any{"absent", nil}
		}
		root = value
	}
	return field(root)
}

func read(body []byte) (map[string]any, error) {
	if !utf8.Valid(body) { // encoding/json would replace what is none
		return nil, errors.New("no UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	if root == nil {
		return nil, errors.New("no object")
	}
	fields := map[string]any{}
	for _, path := range paths {
		fields[path] = pick(root, path)
	}
	answer := map[string]any{"fields": fields, "picture": nil}
	if data, is := root["data"].(map[string]any); is {
		if text, is := data["image"].(string); is {
			if picture, err := base64.StdEncoding.Strict().DecodeString(text); err != nil {
				answer["no_picture"] = err.Error()
			} else {
				answer["picture"] = hex.EncodeToString(picture)
			}
		}
	}
	return answer, nil
}

func main() {
	answerAll(func(record []byte) (map[string]any, error) {
		if len(record) == 0 {
			os.Exit(1)
		}
		return read(record[1:]) // the first byte tells our reader the status
	})
}

// Pictures as Go's image/jpeg and image/png decode them; both are written anew, not on the C libraries.
package main

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
)

func main() {
	answerAll(func(record []byte) (map[string]any, error) {
		config, _, err := image.DecodeConfig(bytes.NewReader(record))
		if err == nil && config.Width*config.Height > 4096*4096 {
			return map[string]any{"skipped": "large"}, nil
		}
		if err == nil {
			_, _, err = image.Decode(bytes.NewReader(record))
		}
		return map[string]any{"width": config.Width, "height": config.Height}, err
	})
}

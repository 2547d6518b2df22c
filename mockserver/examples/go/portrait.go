// Package portrait is the program under test: one call of the API. Yours takes its place.
package portrait

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"time"
)

// Refused is the error code of the service's envelope.
type Refused string

func (code Refused) Error() string { return "refused: " + string(code) }

type envelope struct {
	Data struct {
		Image string `json:"image"`
	} `json:"data"`
	Error struct {
		Code string `json:"code"`
	} `json:"error_detail"`
}

func form(choice int, picture string) (io.Reader, string, error) {
	image, err := os.ReadFile(picture)
	if err != nil {
		return nil, "", err
	}
	body := &bytes.Buffer{}
	writer := multipart.NewWriter(body)
	writer.WriteField("service_choice", strconv.Itoa(choice)) // a Buffer refuses no write
	part, _ := writer.CreateFormFile("image_target", "portrait.jpg")
	part.Write(image)
	writer.Close()
	return body, writer.FormDataContentType(), nil
}

// Edit returns the result, or Refused, or another error if no answer came.
func Edit(baseURL, key string, choice int, picture string) ([]byte, error) {
	body, contentType, err := form(choice, picture)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest("POST", baseURL+"/api/portrait/effects/emotion-editor", body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("ailabapi-api-key", key)
	request.Header.Set("Content-Type", contentType)
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var document envelope
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		return nil, fmt.Errorf("status %d: %w", answer.StatusCode, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, Refused(document.Error.Code)
	}
	return base64.StdEncoding.DecodeString(document.Data.Image)
}

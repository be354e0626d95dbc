package botbox

import (
	"io"

	"botbox.dev/go/internal/host"
)

// UserProfile is what LINE tells about a user. What it does not tell is "".
type UserProfile struct{ UserID, DisplayName, PictureURL, StatusMessage, Language string }

// Profile looks a user up (grant `profile`).
func Profile(userID string) (*UserProfile, error) {
	told, err := host.Current.Profile(userID)
	if err != nil {
		return nil, failed(err)
	}
	profile := UserProfile(told)
	return &profile, nil
}

// Content is an image, video, sound or file on its way. Close it before the next one is opened.
type Content struct {
	Type string
	own  host.Content
	// What was fetched and not read yet.
	rest []byte
}

// OpenContent fetches what a user sent, by the message's id (grant `content`).
func OpenContent(messageID string) (*Content, error) {
	own, err := host.Current.Content(messageID)
	if err != nil {
		return nil, failed(err)
	}
	return &Content{Type: own.ContentType(), own: own}, nil
}

// Read is io.Reader's.
func (c *Content) Read(bytes []byte) (int, error) {
	if len(bytes) == 0 {
		return 0, nil
	}
	if len(c.rest) == 0 {
		piece, err := c.own.Read(64 << 10)
		if err != nil {
			return 0, failed(err)
		}
		if len(piece) == 0 {
			return 0, io.EOF
		}
		c.rest = piece
	}
	read := copy(bytes, c.rest)
	c.rest = c.rest[read:]
	return read, nil
}

// Close is io.Closer's.
func (c *Content) Close() error {
	c.own.Close()
	return nil
}

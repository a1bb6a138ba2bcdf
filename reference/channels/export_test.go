package channels

import "time"

// SealWith is sealing with a chosen initialisation vector, as golden tokens need.
func SealWith(key string, body []byte, now time.Time, iv []byte) []byte {
	return newFernetKey(key).sealWith(body, now, iv)
}

// OpenToken is what reading a token gives.
func OpenToken(keys []string, token []byte, now time.Time, age time.Duration) ([]byte, error) {
	return open(fernetKeys(keys), token, now, age)
}

// Buffered is how many local channels have messages that nobody waits for.
func (l *Redis) Buffered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buffers.byName)
}

// Waiting is how many receivers wait.
func (l *Redis) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, in := range l.inboxes {
		n += len(in.waiting)
	}
	return n
}

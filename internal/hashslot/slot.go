// Package hashslot knows which keys a Redis command names and which hash slot of
// a cluster each belongs to.
package hashslot

import "strings"

// Count is the number of hash slots of a cluster.
const Count = 16384

// Of returns the hash slot of key: CRC16 of its hash tag, the text between
// the first { and the next }, or of the whole key where there is none (Redis
// cluster specification, "Keys distribution model").
func Of(key string) int {
	if _, rest, found := strings.Cut(key, "{"); found {
		if tag, _, closed := strings.Cut(rest, "}"); closed && tag != "" {
			key = tag
		}
	}
	crc := uint16(0)
	for i := range len(key) {
		crc = crc<<8 ^ table[byte(crc>>8)^key[i]]
	}
	return int(crc) % Count
}

// table is CRC16-CCITT (XMODEM): polynomial 0x1021, initial value 0.
var table = func() (t [256]uint16) {
	for i := range t {
		crc := uint16(i) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
		t[i] = crc
	}
	return t
}()

package fake

import (
	"math"
	"strconv"
	"strings"
)

// The numbers of Redis' geohash: 26 bits a coordinate in the ranges of the
// Web Mercator projection, and the radius of the earth in metres.
const (
	geoBits   = 26
	geoLatMax = 85.05112878
	earth     = 6372797.560856
)

// point is a place on earth, in degrees.
type point struct{ lon, lat float64 }

// geoEncode interleaves the coordinates, the latitude in the even bits.
func geoEncode(p point, latMax float64) uint64 {
	scale := func(v, limit float64) uint64 { return uint64((v + limit) / (2 * limit) * (1 << geoBits)) }
	lat, lon := scale(p.lat, latMax), scale(p.lon, 180)
	var bits uint64
	for i := range 32 { // one more than geoBits: the greatest value itself does not fit
		bits |= lat>>i&1<<(2*i) | lon>>i&1<<(2*i+1)
	}
	return bits
}

// geoDecode is the middle of the cell.
func geoDecode(bits uint64) point {
	var lat, lon uint64
	for i := range 32 {
		lat |= bits >> (2 * i) & 1 << i
		lon |= bits >> (2*i + 1) & 1 << i
	}
	middle := func(v uint64, limit float64) float64 {
		low := -limit + float64(v)/(1<<geoBits)*2*limit
		high := -limit + float64(v+1)/(1<<geoBits)*2*limit
		return min(max((low+high)/2, -limit), limit)
	}
	return point{middle(lon, 180), middle(lat, geoLatMax)}
}

// geoText is the standard geohash, of eleven characters.
func geoText(p point) string {
	const alphabet = "0123456789bcdefghjkmnpqrstuvwxyz"
	bits := geoEncode(p, 90)
	b := make([]byte, 11)
	for i := range b {
		n := uint64(0)
		if i < 10 {
			n = bits >> (52 - (i+1)*5) & 31
		}
		b[i] = alphabet[n]
	}
	return string(b)
}

// distance is that of two points in metres, by the haversine formula.
func distance(a, b point) float64 {
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	lat1, lat2 := rad(a.lat), rad(b.lat)
	v := math.Sin((rad(b.lon) - rad(a.lon)) / 2)
	if v == 0 {
		return earth * math.Abs(lat2-lat1)
	}
	u := math.Sin((lat2 - lat1) / 2)
	return 2 * earth * math.Asin(math.Sqrt(u*u+math.Cos(lat1)*math.Cos(lat2)*v*v))
}

// metres is the length of a unit.
func metres(unit string) (float64, bool) {
	m, ok := map[string]float64{"m": 1, "km": 1000, "ft": 0.3048, "mi": 1609.34}[strings.ToLower(unit)]
	return m, ok
}

// readPoint reads longitude and latitude; why is an error.
func readPoint(lon, lat string) (p point, why string) {
	x, okX := float(lon)
	y, okY := float(lat)
	switch {
	case !okX || !okY:
		return p, errNotFloat
	case math.Abs(x) > 180 || math.Abs(y) > geoLatMax:
		return p, "ERR invalid longitude,latitude pair " + fixed(x) + "," + fixed(y)
	}
	return point{x, y}, ""
}

// fixed writes a number as %f of C does.
func fixed(f float64) string {
	if math.IsInf(f, 0) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(f, 'f', 6, 64), "+"))
	}
	return strconv.FormatFloat(f, 'f', 6, 64)
}

package kombu_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// Producers in other languages write the same members in other orders and
// with other blanks, and nothing that looks like a member is one.
func TestMessagesOfAnyFormAreClaimedUnderTheirOwnTag(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		const info = `{"exchange": "é", "routing_key": "q\"k"}`
		forms := []string{
			`{"body": "", "headers": {}, "properties": {"delivery_info": ` + info + `, "priority": 0, "delivery_tag": "T"}}`,
			`{"body": "", "properties": {"delivery_tag": "T", "delivery_info": ` + info + `}, "headers": {"delivery_info": {"exchange": "a", "routing_key": "b"}, "delivery_tag": "other"}}`,
			`{"headers": {"properties": {"delivery_info": {"exchange": "a", "routing_key": "b"}, "delivery_tag": "other"}}, "properties": {"delivery_tag": "T", "delivery_info": ` + info + `}}`,
			`{"headers": {"x": "\"properties\": {\"delivery_tag\": \"other\"}}"}, "properties": {"delivery_info": ` + info + `, "x": {"delivery_tag": "other"}, "delivery_tag": "T"}}`,
			" {\"properties\":{\"delivery_tag\":\"T\",\"delivery_info\":" + info + ",\"n\":[-1.5e3,NaN,-Infinity,true,null,{}]},\n\"body\":\"\"}\n",
			`{"prop\u0065rties": {"delivery_tag": "old", "delivery_tag": "T", "delivery_info": ` + info + `, "redelivered": false}}`,
		}
		for i, raw := range forms {
			tag := fmt.Sprint("tag-", i)
			raw = strings.Replace(raw, `"T"`, `"`+tag+`"`, 1)
			queue := fmt.Sprint("q", i)
			if err := srv.Client().LPush(t.Context(), queue, raw).Err(); err != nil {
				t.Fatal(err)
			}
			b := open(t, srv, kombu.Options{})
			got := b.claim(b.consume("w", queue), 2)
			if len(got) != 1 || got[0].Field != tag || string(got[0].Raw) != raw {
				t.Errorf("claim of %s\n\t= %+v, want field %s and the message as it is", raw, got, tag)
				continue
			}
			entry, err := srv.Client().HGet(t.Context(), "unacked", tag).Result()
			if want := "[" + raw + `, "é", "q\"k"]`; err != nil || entry != want {
				t.Errorf("unacked holds %s, %v, want %s", entry, err, want)
			}
		}
	})
}

func TestWhatOnlyLooksLikeAMessageIsBuriedWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{})
		c := b.consume("w", "q")
		tests := []struct{ raw, reason string }{
			{`{"properties": {"delivery_tag": "t"`, "the message is not JSON"},
			{`{"a": "no end`, "the message is not JSON"},
			{`{"a": 1} {}`, "the message is not JSON"},
			{`word`, "the message is not JSON"},
			{``, "the message is not JSON"},
			{`null`, "properties is missing or not an object"},
			{`{"a" 1}`, "properties is missing or not an object"},
			{`{"properties": "{}"}`, "properties is missing or not an object"},
			{`{"properties": {"delivery_tag": 1, "delivery_info": {"exchange": "", "routing_key": "q"}}}`, "properties.delivery_tag is missing"},
			{`{"properties": {"delivery_tag": "t", "delivery_info": {"exchange": null, "routing_key": "q"}}}`, "properties.delivery_info.exchange is missing"},
			{`{"properties": {"delivery_tag": "t", "delivery_info": []}}`, "properties.delivery_info.exchange is missing"},
			{`{"properties": {"delivery_tag": "t", "delivery_info": {"exchange": ""}}}`, "properties.delivery_info.routing_key is missing"},
		}
		for _, tt := range tests {
			if err := srv.Client().LPush(t.Context(), "q", tt.raw).Err(); err != nil {
				t.Fatal(err)
			}
			if got := b.claim(c, 5); len(got) != 0 {
				t.Errorf("claim of %s = %+v, want nothing", tt.raw, got)
			}
			dead, err := b.Dead(t.Context(), 1)
			if err != nil || len(dead) != 1 || dead[0].Reason != tt.reason || string(dead[0].Raw) != tt.raw {
				t.Errorf("dead after %s: %+v, %v, want it because %s", tt.raw, dead, err, tt.reason)
			}
		}
	})
}

// TestAMessageCutAnywhereIsBuriedAndTakesNothingWithIt cuts messages whose
// properties come in kombu's order and in others, and claims each remainder
// together with a good message: of one call nothing may be lost.
func TestAMessageCutAnywhereIsBuriedAndTakesNothingWithIt(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := open(t, srv, kombu.Options{})
		c := b.consume("w", "q")
		for _, whole := range []string{
			`{"headers": {"id": "i"}, "properties": {"delivery_info": {"exchange": "", "routing_key": "q"}, "delivery_tag": "t"}}`,
			`{"headers": {"id": "i"}, "properties": {"delivery_tag": "t", "delivery_info": {"exchange": "", "routing_key": "q"}}}`,
			`{"headers": {"delivery_tag": "x"}, "properties": {"delivery_info": {"exchange": "", "routing_key": "q"}, "delivery_tag": "t"}}`,
		} {
			for end := range whole {
				b.send("q", 0, "before")
				if err := r.LPush(ctx, "q", whole[:end]).Err(); err != nil {
					t.Fatal(err)
				}
				b.send("q", 0, "after")
				ds, err := c.Claim(ctx, 5)
				if got := ids(ds); err != nil || got != "before after" {
					t.Fatalf("claim around %s = %q, %v, want before and after", whole[:end], got, err)
				}
				dead, err := b.Dead(ctx, 1)
				if err != nil || len(dead) != 1 || string(dead[0].Raw) != whole[:end] || dead[0].Reason == "" {
					t.Fatalf("dead after %s: %+v, %v, want it, with its reason", whole[:end], dead, err)
				}
				if err := b.Ack(ctx, ds...); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

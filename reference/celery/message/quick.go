package message

import (
	"strings"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// Read fills t with the task that an element of a queue list carries: Decode
// and Envelope.Task in one, for a fraction of what they cost together. The
// error is a *Malformed; if the headers could be read for all that, t has an
// ID, so that its failure can be stored.
func (t *Task) Read(raw []byte) (tag string, redelivered bool, err error) {
	q := quick{t: t, in: pyjson.NewCursor(raw)}
	if *t = (Task{}); q.read() {
		return q.tag, q.redelivered, nil
	}
	*t = Task{}
	e, err := Decode(raw)
	if err != nil {
		return "", false, err
	}
	read, err := e.Task()
	if read != nil {
		*t = *read
	}
	return e.Tag(), e.Redelivered(), err
}

// quick reads a message of the form that every version of Celery, and this
// package, writes, straight into its task. Whatever is otherwise, and be it
// only a second member of the same name, makes it give up: then Decode and
// Task judge.
type quick struct {
	t                     *Task
	in                    pyjson.Cursor
	seen                  uint64
	body, contentType     string
	bodyEncoding, tag     string
	compression, id, name string
	exchange, routingKey  bool
	redelivered           bool
}

// The members that are expected, each once.
const (
	mBody member = iota
	mContentEncoding
	mContentType
	mHeaders
	mProperties
	mLang
	mTask
	mID
	mShadow
	mGroup
	mRootID
	mParentID
	mArgsrepr
	mKwargsrepr
	mOrigin
	mCompression
	mETA
	mExpires
	mGroupIndex
	mRetries
	mTimelimit
	mIgnoreResult
	mRedeliveredHeader
	mStampedHeaders
	mStamps
	mReplyTo
	mDeliveryInfo
	mPriority
	mBodyEncoding
	mDeliveryTag
	mExchange
	mRoutingKey
	mRedelivered
	mCallbacks
	mErrbacks
	mChain
	mChord
)

// member numbers a member among those that are expected.
type member uint

// once reports whether the member numbered n comes for the first time.
func (q *quick) once(n member) bool {
	first := q.seen&(1<<n) == 0
	q.seen |= 1 << n
	return first
}

// object reads an object, member by member.
func (q *quick) object(read func(*quick, string) bool) bool {
	if !q.in.Byte('{') {
		return false
	}
	if q.in.Byte('}') {
		return true
	}
	for {
		key, ok := q.in.Key()
		if !ok || !read(q, key) {
			return false
		}
		if !q.in.Byte(',') {
			return q.in.Byte('}')
		}
	}
}

func (q *quick) read() bool {
	const all = 1<<mBody | 1<<mContentType | 1<<mHeaders | 1<<mProperties
	if !q.object((*quick).top) || !q.in.End() || q.seen&all != all {
		return false
	}
	kind, _, _ := strings.Cut(q.contentType, ";")
	if q.name == "" || q.id == "" || q.tag == "" || !q.exchange || !q.routingKey || q.bodyEncoding != "base64" || kind != "application/json" {
		return false
	}
	q.t.Name, q.t.ID = q.name, q.id
	return q.content()
}

func (q *quick) top(key string) (ok bool) {
	switch key {
	case "body":
		q.body, ok = q.in.Text()
		return ok && q.once(mBody)
	case "content-encoding":
		_, ok = q.in.Text()
		return ok && q.once(mContentEncoding)
	case "content-type":
		q.contentType, ok = q.in.Text()
		return ok && q.once(mContentType)
	case "headers":
		return q.once(mHeaders) && q.object((*quick).header)
	case "properties":
		return q.once(mProperties) && q.object((*quick).property)
	}
	return false
}

// textHeader is where a header goes that is text or null; nil: it is another.
func (q *quick) textHeader(key string) (n member, to *string) {
	t := q.t
	switch key {
	case "lang":
		return mLang, &t.Lang
	case "task":
		return mTask, &q.name
	case "id":
		return mID, &q.id
	case "shadow":
		return mShadow, &t.Shadow
	case "group":
		return mGroup, &t.Group
	case "root_id":
		return mRootID, &t.Root
	case "parent_id":
		return mParentID, &t.Parent
	case "argsrepr":
		return mArgsrepr, &t.ArgsRepr
	case "kwargsrepr":
		return mKwargsrepr, &t.KwargsRepr
	case "origin":
		return mOrigin, &t.Origin
	case "compression":
		return mCompression, &q.compression
	}
	return 0, nil
}

func (q *quick) header(key string) (ok bool) {
	if n, to := q.textHeader(key); to != nil {
		*to, ok = q.in.TextOrNull()
		return ok && q.once(n)
	}
	v, ok := q.in.Value()
	if !ok {
		return false
	}
	switch key {
	case "eta", "expires":
		return q.moment(key, v)
	case "group_index":
		q.t.GroupIndex = v
		_, ok = v.(int64)
		return (ok || v == nil) && q.once(mGroupIndex)
	case "retries":
		n, ok := v.(int64)
		q.t.Retries = int(n)
		return ok && q.once(mRetries)
	case "timelimit":
		limits, ok := v.([]any)
		if ok && len(limits) == 2 {
			q.t.Hard, q.t.Soft = duration(limits[0]), duration(limits[1])
		}
		return ok && q.once(mTimelimit)
	case "ignore_result":
		q.t.IgnoreResult = v == true
		return q.once(mIgnoreResult)
	case "redelivered":
		q.redelivered = q.redelivered || v == true
		return q.once(mRedeliveredHeader)
	case "stamped_headers":
		return q.once(mStampedHeaders)
	case "stamps":
		q.t.Stamps, _ = v.(map[string]any)
		return q.once(mStamps)
	}
	if _, twice := q.t.Headers[key]; twice {
		return false
	}
	if q.t.Headers == nil {
		q.t.Headers = map[string]any{}
	}
	q.t.Headers[key] = v
	return true
}

func (q *quick) moment(key string, v any) bool {
	to, n := &q.t.ETA, mETA
	if key == "expires" {
		to, n = &q.t.Expires, mExpires
	}
	text, ok := v.(string)
	if !ok {
		return v == nil && q.once(n)
	}
	at, err := ParseTime(text)
	*to = at
	return err == nil && q.once(n)
}

func (q *quick) property(key string) (ok bool) {
	switch key {
	case "reply_to":
		q.t.ReplyTo, ok = q.in.TextOrNull()
		return ok && q.once(mReplyTo)
	case "delivery_info":
		return q.once(mDeliveryInfo) && q.object((*quick).info)
	case "priority":
		q.t.Priority, ok = q.in.Value()
		return ok && q.once(mPriority)
	case "body_encoding":
		q.bodyEncoding, ok = q.in.Text()
		return ok && q.once(mBodyEncoding)
	case "delivery_tag":
		q.tag, ok = q.in.Text()
		return ok && q.once(mDeliveryTag)
	}
	_, ok = q.in.Value()
	return ok
}

func (q *quick) info(key string) (ok bool) {
	switch key {
	case "exchange":
		_, q.exchange = q.in.Text()
		return q.exchange && q.once(mExchange)
	case "routing_key":
		_, q.routingKey = q.in.Text()
		return q.routingKey && q.once(mRoutingKey)
	}
	v, ok := q.in.Value()
	if key == "redelivered" {
		q.redelivered = q.redelivered || v == true
		return ok && q.once(mRedelivered)
	}
	return ok
}

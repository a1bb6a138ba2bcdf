package mutant

import (
	"context"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

type hSetHook struct {
	Full
	f func(c Full, ctx context.Context, key string, fields map[string]any) (int, error)
}

func (m hSetHook) HSet(ctx context.Context, key string, fields map[string]any) (int, error) {
	return m.f(m.Full, ctx, key, fields)
}

func hSet(f func(c Full, ctx context.Context, key string, fields map[string]any) (int, error)) Break {
	return func(c Full) Full { return hSetHook{c, f} }
}

type hGetHook struct {
	Full
	f func(c Full, ctx context.Context, key, field string) (any, bool, error)
}

func (m hGetHook) HGet(ctx context.Context, key, field string) (any, bool, error) {
	return m.f(m.Full, ctx, key, field)
}

func hGet(f func(c Full, ctx context.Context, key, field string) (any, bool, error)) Break {
	return func(c Full) Full { return hGetHook{c, f} }
}

type hDelHook struct {
	Full
	f func(c Full, ctx context.Context, key string, fields ...string) (int, error)
}

func (m hDelHook) HDel(ctx context.Context, key string, fields ...string) (int, error) {
	return m.f(m.Full, ctx, key, fields...)
}

func hDel(f func(c Full, ctx context.Context, key string, fields ...string) (int, error)) Break {
	return func(c Full) Full { return hDelHook{c, f} }
}

type hLenHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (int, error)
}

func (m hLenHook) HLen(ctx context.Context, key string) (int, error) {
	return m.f(m.Full, ctx, key)
}

func hLen(f func(c Full, ctx context.Context, key string) (int, error)) Break {
	return func(c Full) Full { return hLenHook{c, f} }
}

type hExistsHook struct {
	Full
	f func(c Full, ctx context.Context, key, field string) (bool, error)
}

func (m hExistsHook) HExists(ctx context.Context, key, field string) (bool, error) {
	return m.f(m.Full, ctx, key, field)
}

func hExists(f func(c Full, ctx context.Context, key, field string) (bool, error)) Break {
	return func(c Full) Full { return hExistsHook{c, f} }
}

type zAddHook struct {
	Full
	f func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error)
}

func (m zAddHook) ZAdd(ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error) {
	return m.f(m.Full, ctx, key, flags, members...)
}

func zAdd(f func(c Full, ctx context.Context, key string, flags cachetest.ZFlags, members ...Scored) (int, error)) Break {
	return func(c Full) Full { return zAddHook{c, f} }
}

type zCardHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (int, error)
}

func (m zCardHook) ZCard(ctx context.Context, key string) (int, error) {
	return m.f(m.Full, ctx, key)
}

func zCard(f func(c Full, ctx context.Context, key string) (int, error)) Break {
	return func(c Full) Full { return zCardHook{c, f} }
}

type zCountHook struct {
	Full
	f func(c Full, ctx context.Context, key string, within ScoreRange) (int, error)
}

func (m zCountHook) ZCount(ctx context.Context, key string, within ScoreRange) (int, error) {
	return m.f(m.Full, ctx, key, within)
}

func zCount(f func(c Full, ctx context.Context, key string, within ScoreRange) (int, error)) Break {
	return func(c Full) Full { return zCountHook{c, f} }
}

type zIncrByHook struct {
	Full
	f func(c Full, ctx context.Context, key string, delta float64, member any) (float64, error)
}

func (m zIncrByHook) ZIncrBy(ctx context.Context, key string, delta float64, member any) (float64, error) {
	return m.f(m.Full, ctx, key, delta, member)
}

func zIncrBy(f func(c Full, ctx context.Context, key string, delta float64, member any) (float64, error)) Break {
	return func(c Full) Full { return zIncrByHook{c, f} }
}

type zPopMinHook struct {
	Full
	f func(c Full, ctx context.Context, key string, count int) ([]Scored, error)
}

func (m zPopMinHook) ZPopMin(ctx context.Context, key string, count int) ([]Scored, error) {
	return m.f(m.Full, ctx, key, count)
}

func zPopMin(f func(c Full, ctx context.Context, key string, count int) ([]Scored, error)) Break {
	return func(c Full) Full { return zPopMinHook{c, f} }
}

type zPopMaxHook struct {
	Full
	f func(c Full, ctx context.Context, key string, count int) ([]Scored, error)
}

func (m zPopMaxHook) ZPopMax(ctx context.Context, key string, count int) ([]Scored, error) {
	return m.f(m.Full, ctx, key, count)
}

func zPopMax(f func(c Full, ctx context.Context, key string, count int) ([]Scored, error)) Break {
	return func(c Full) Full { return zPopMaxHook{c, f} }
}

type zRangeHook struct {
	Full
	f func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error)
}

func (m zRangeHook) ZRange(ctx context.Context, key string, start, stop int) ([]Scored, error) {
	return m.f(m.Full, ctx, key, start, stop)
}

func zRange(f func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error)) Break {
	return func(c Full) Full { return zRangeHook{c, f} }
}

type zRevRangeHook struct {
	Full
	f func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error)
}

func (m zRevRangeHook) ZRevRange(ctx context.Context, key string, start, stop int) ([]Scored, error) {
	return m.f(m.Full, ctx, key, start, stop)
}

func zRevRange(f func(c Full, ctx context.Context, key string, start, stop int) ([]Scored, error)) Break {
	return func(c Full) Full { return zRevRangeHook{c, f} }
}

type zRangeByScoreHook struct {
	Full
	f func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error)
}

func (m zRangeByScoreHook) ZRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error) {
	return m.f(m.Full, ctx, key, within)
}

func zRangeByScore(f func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error)) Break {
	return func(c Full) Full { return zRangeByScoreHook{c, f} }
}

type zRevRangeByScoreHook struct {
	Full
	f func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error)
}

func (m zRevRangeByScoreHook) ZRevRangeByScore(ctx context.Context, key string, within ScoreRange) ([]Scored, error) {
	return m.f(m.Full, ctx, key, within)
}

func zRevRangeByScore(f func(c Full, ctx context.Context, key string, within ScoreRange) ([]Scored, error)) Break {
	return func(c Full) Full { return zRevRangeByScoreHook{c, f} }
}

type zRankHook struct {
	Full
	f func(c Full, ctx context.Context, key string, member any) (int, bool, error)
}

func (m zRankHook) ZRank(ctx context.Context, key string, member any) (int, bool, error) {
	return m.f(m.Full, ctx, key, member)
}

func zRank(f func(c Full, ctx context.Context, key string, member any) (int, bool, error)) Break {
	return func(c Full) Full { return zRankHook{c, f} }
}

type zScoreHook struct {
	Full
	f func(c Full, ctx context.Context, key string, member any) (float64, bool, error)
}

func (m zScoreHook) ZScore(ctx context.Context, key string, member any) (float64, bool, error) {
	return m.f(m.Full, ctx, key, member)
}

func zScore(f func(c Full, ctx context.Context, key string, member any) (float64, bool, error)) Break {
	return func(c Full) Full { return zScoreHook{c, f} }
}

type zRemHook struct {
	Full
	f func(c Full, ctx context.Context, key string, members ...any) (int, error)
}

func (m zRemHook) ZRem(ctx context.Context, key string, members ...any) (int, error) {
	return m.f(m.Full, ctx, key, members...)
}

func zRem(f func(c Full, ctx context.Context, key string, members ...any) (int, error)) Break {
	return func(c Full) Full { return zRemHook{c, f} }
}

type zRemRangeByScoreHook struct {
	Full
	f func(c Full, ctx context.Context, key string, within ScoreRange) (int, error)
}

func (m zRemRangeByScoreHook) ZRemRangeByScore(ctx context.Context, key string, within ScoreRange) (int, error) {
	return m.f(m.Full, ctx, key, within)
}

func zRemRangeByScore(f func(c Full, ctx context.Context, key string, within ScoreRange) (int, error)) Break {
	return func(c Full) Full { return zRemRangeByScoreHook{c, f} }
}

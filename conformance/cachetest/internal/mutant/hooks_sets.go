package mutant

import (
	"context"
)

type sAddHook struct {
	Full
	f func(c Full, ctx context.Context, key string, members ...any) (int, error)
}

func (m sAddHook) SAdd(ctx context.Context, key string, members ...any) (int, error) {
	return m.f(m.Full, ctx, key, members...)
}

func sAdd(f func(c Full, ctx context.Context, key string, members ...any) (int, error)) Break {
	return func(c Full) Full { return sAddHook{c, f} }
}

type sRemHook struct {
	Full
	f func(c Full, ctx context.Context, key string, members ...any) (int, error)
}

func (m sRemHook) SRem(ctx context.Context, key string, members ...any) (int, error) {
	return m.f(m.Full, ctx, key, members...)
}

func sRem(f func(c Full, ctx context.Context, key string, members ...any) (int, error)) Break {
	return func(c Full) Full { return sRemHook{c, f} }
}

type sCardHook struct {
	Full
	f func(c Full, ctx context.Context, key string) (int, error)
}

func (m sCardHook) SCard(ctx context.Context, key string) (int, error) {
	return m.f(m.Full, ctx, key)
}

func sCard(f func(c Full, ctx context.Context, key string) (int, error)) Break {
	return func(c Full) Full { return sCardHook{c, f} }
}

type sIsMemberHook struct {
	Full
	f func(c Full, ctx context.Context, key string, member any) (bool, error)
}

func (m sIsMemberHook) SIsMember(ctx context.Context, key string, member any) (bool, error) {
	return m.f(m.Full, ctx, key, member)
}

func sIsMember(f func(c Full, ctx context.Context, key string, member any) (bool, error)) Break {
	return func(c Full) Full { return sIsMemberHook{c, f} }
}

type smIsMemberHook struct {
	Full
	f func(c Full, ctx context.Context, key string, members ...any) ([]bool, error)
}

func (m smIsMemberHook) SMIsMember(ctx context.Context, key string, members ...any) ([]bool, error) {
	return m.f(m.Full, ctx, key, members...)
}

func smIsMember(f func(c Full, ctx context.Context, key string, members ...any) ([]bool, error)) Break {
	return func(c Full) Full { return smIsMemberHook{c, f} }
}

type sPopHook struct {
	Full
	f func(c Full, ctx context.Context, key string, count int) ([]any, error)
}

func (m sPopHook) SPop(ctx context.Context, key string, count int) ([]any, error) {
	return m.f(m.Full, ctx, key, count)
}

func sPop(f func(c Full, ctx context.Context, key string, count int) ([]any, error)) Break {
	return func(c Full) Full { return sPopHook{c, f} }
}

type sRandMemberHook struct {
	Full
	f func(c Full, ctx context.Context, key string, count int) ([]any, error)
}

func (m sRandMemberHook) SRandMember(ctx context.Context, key string, count int) ([]any, error) {
	return m.f(m.Full, ctx, key, count)
}

func sRandMember(f func(c Full, ctx context.Context, key string, count int) ([]any, error)) Break {
	return func(c Full) Full { return sRandMemberHook{c, f} }
}

type sMoveHook struct {
	Full
	f func(c Full, ctx context.Context, from, to string, member any) (bool, error)
}

func (m sMoveHook) SMove(ctx context.Context, from, to string, member any) (bool, error) {
	return m.f(m.Full, ctx, from, to, member)
}

func sMove(f func(c Full, ctx context.Context, from, to string, member any) (bool, error)) Break {
	return func(c Full) Full { return sMoveHook{c, f} }
}

type sScanHook struct {
	Full
	f func(c Full, ctx context.Context, key, pattern string) ([]any, error)
}

func (m sScanHook) SScan(ctx context.Context, key, pattern string) ([]any, error) {
	return m.f(m.Full, ctx, key, pattern)
}

func sScan(f func(c Full, ctx context.Context, key, pattern string) ([]any, error)) Break {
	return func(c Full) Full { return sScanHook{c, f} }
}

type sDiffHook struct {
	Full
	f func(c Full, ctx context.Context, keys ...string) ([]any, error)
}

func (m sDiffHook) SDiff(ctx context.Context, keys ...string) ([]any, error) {
	return m.f(m.Full, ctx, keys...)
}

func sDiff(f func(c Full, ctx context.Context, keys ...string) ([]any, error)) Break {
	return func(c Full) Full { return sDiffHook{c, f} }
}

type sInterHook struct {
	Full
	f func(c Full, ctx context.Context, keys ...string) ([]any, error)
}

func (m sInterHook) SInter(ctx context.Context, keys ...string) ([]any, error) {
	return m.f(m.Full, ctx, keys...)
}

func sInter(f func(c Full, ctx context.Context, keys ...string) ([]any, error)) Break {
	return func(c Full) Full { return sInterHook{c, f} }
}

type sInterStoreHook struct {
	Full
	f func(c Full, ctx context.Context, to string, keys ...string) (int, error)
}

func (m sInterStoreHook) SInterStore(ctx context.Context, to string, keys ...string) (int, error) {
	return m.f(m.Full, ctx, to, keys...)
}

func sInterStore(f func(c Full, ctx context.Context, to string, keys ...string) (int, error)) Break {
	return func(c Full) Full { return sInterStoreHook{c, f} }
}

type sUnionStoreHook struct {
	Full
	f func(c Full, ctx context.Context, to string, keys ...string) (int, error)
}

func (m sUnionStoreHook) SUnionStore(ctx context.Context, to string, keys ...string) (int, error) {
	return m.f(m.Full, ctx, to, keys...)
}

func sUnionStore(f func(c Full, ctx context.Context, to string, keys ...string) (int, error)) Break {
	return func(c Full) Full { return sUnionStoreHook{c, f} }
}

package live

import "context"

// pager is what the SDK's paginators have in common.
type pager[Output, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Output, error)
}

// all returns the items of every page.
func all[Output, Options, Item any](ctx context.Context, p pager[Output, Options], items func(*Output) []Item) ([]any, error) {
	var out []any
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			return out, err
		}
		out = appendAll(out, items(page))
	}
	return out, nil
}

// tokens is all for calls without a paginator: next asks for the page of a
// token and returns the token of the one behind it, nil at the end.
func tokens[Item any](next func(token *string) ([]Item, *string, error)) ([]any, error) {
	var out []any
	var token *string
	for {
		items, following, err := next(token)
		if err != nil {
			return out, err
		}
		out = appendAll(out, items)
		if following == nil || *following == "" {
			return out, nil
		}
		token = following
	}
}

func appendAll[Item any](out []any, items []Item) []any {
	for _, i := range items {
		out = append(out, i)
	}
	return out
}

// each asks about every item that an earlier call has got.
func each[Item any](s *session, key string, ask func(Item) (any, error)) ([]any, error) {
	return eachOf(s, key, func(i Item) ([]any, error) {
		answer, err := ask(i)
		if err != nil {
			return nil, err
		}
		return []any{answer}, nil
	})
}

// eachOf is each for several answers to an item.
func eachOf[Item any](s *session, key string, ask func(Item) ([]any, error)) ([]any, error) {
	var out []any
	for _, v := range s.got[key] {
		answers, err := ask(v.(Item))
		out = append(out, answers...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

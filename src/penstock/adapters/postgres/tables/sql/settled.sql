(t.xmin::text::bigint < 3 or (t.xmin::text::bigint - h.oldest) & 4294967295 >= h.span)

-- asked_page(r): the request at `r` is one that the caller speaks for, of the MARAC `$4` and the status `$5` if given.
(({r}.marac_id = any ($rep) or {r}.marac_id = any ($idva))
  and ($4::uuid is null or {r}.marac_id = $4)
  and ($5::text is null or {r}.status = $5))

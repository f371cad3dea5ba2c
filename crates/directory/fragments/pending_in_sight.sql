-- pending_in_sight(all, agency, maracs, user): the grant of `pending_from` is in the sight of who looks.
-- An administrator sees all; a lead their agency's; a coordinator those of their MARACs; whoever asked, or whose
-- account would be linked, their own. What is of no MARAC is in all those of the client's agency.
({all}
  or coalesce(c.agency_id, u.agency_id) = {agency}
  or p.marac_id = any ({maracs})
  or p.asked_by = {user}
  or (p.kind = 'link' and p.user_id = {user})
  or (p.marac_id is null
    and exists (
      select from marac_agencies m
      where m.agency_id = c.agency_id and m.marac_id = any ({maracs}))))

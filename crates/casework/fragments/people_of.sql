-- people_of(case, roles): the people of these roles in the case of this id, as `p.ids`, `p.roles` and `p.identities`.
-- The arrays are null where there is nobody. They are sorted once for all three. The roles are a list: give it as
-- `{adult_roles()}` or `{family_roles()}`.
left join lateral (
  select array_agg(p.id) as ids, array_agg(p.role) as roles, array_agg(p.identity) as identities
  from (
    select p.id, p.role, p.identity
    from parties p
    where p.case_id = {case} and p.role in ({roles})
    order by p.created_at, p.id
  ) p
) p on true

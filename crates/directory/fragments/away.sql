-- away(b): the absence at this alias is going on.
({b}.ended_at is null
  and {b}.from_on <= {today()}
  and {b}.until_on >= {today()})

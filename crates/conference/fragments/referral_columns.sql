-- referral_columns(r, c): the columns of a `ReferralRow`, of the referral and its file at these aliases.
{r}.id, {r}.marac_id, {r}.case_id, {r}.agency_id, {r}.co_agency_id, {r}.submitted_by, {r}.actor_id,
{r}.external_ref, {r}.status, {r}.urgent, {r}.referred_on, {r}.submitted_at, {r}.document,
{r}.tool, {r}.tool_version, {r}.score, {r}.maximum, {r}.not_asked_count, {r}.criteria, {r}.missing, {r}.gaps,
{r}.decided_by, {r}.decided_at, {r}.decision, {r}.challenge, {r}.challenged_at, {r}.version,
{r}.own_file_id, {r}.separate,
{visible_cases({c})} as in_sight

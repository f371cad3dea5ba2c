//! Rows of referrals: what is plain, what is counted, and the sealed document.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::ReferralStatus;
use super::document::Document;
use super::rules::Checked;
use super::shapes::ReferralItem;
use crate::crypto::Place;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::maracs::settings::MaracSettings;
use crate::policy::visibility::{self, VisibleCase};
use crate::policy::{Act, hidden};
use crate::risk::age_on;
use crate::vocabulary::YesNoUnknown;
use crate::{in_circle, visible_cases};

/// A referral's plain columns and seals.
#[derive(QueryableByName)]
pub struct ReferralRow {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub marac_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub case_id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub co_agency_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub submitted_by: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub actor_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub external_ref: Option<String>,
    #[diesel(sql_type = st::Text)]
    pub status: ReferralStatus,
    #[diesel(sql_type = st::Bool)]
    pub urgent: bool,
    #[diesel(sql_type = st::Nullable<st::Date>)]
    pub referred_on: Option<NaiveDate>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Binary)]
    pub document: Vec<u8>,
    #[diesel(sql_type = st::Nullable<st::SmallInt>)]
    pub score: Option<i16>,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub criteria: Vec<String>,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub missing: Vec<String>,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub gaps: Vec<String>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub decided_by: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    pub decision: Option<Vec<u8>>,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    pub challenge: Option<Vec<u8>>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub challenged_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

/// A referral in sight, with its file.
pub struct VisibleReferral {
    pub row: ReferralRow,
    pub case: VisibleCase,
    pub is_author: bool,
}

impl VisibleReferral {
    /// The document, opened.
    pub fn document(&self) -> Result<Document> {
        Ok(self
            .case
            .key()
            .open_json(place(self.row.id), &self.row.document)?)
    }
}

fn place(id: Uuid) -> Place {
    Place::new("referrals", "document", id)
}

macro_rules! columns {
    () => {
        "r.id, r.marac_id, r.case_id, r.agency_id, r.co_agency_id, r.submitted_by, r.actor_id, \
         r.external_ref, r.status, r.urgent, r.referred_on, r.submitted_at, r.document, r.score, \
         r.criteria, r.missing, r.gaps, r.decided_by, r.decided_at, r.decision, r.challenge, \
         r.challenged_at, r.version "
    };
}

/// SQL: the referral at alias `r` was written by the caller.
macro_rules! own {
    () => {
        "(r.submitted_by = (select nullif(current_setting('toldonce.user'), '')::uuid) \
          or r.actor_id = (select nullif(current_setting('toldonce.actor'), '')::uuid))"
    };
}

/// SQL: of the files in sight, the referral itself is for its author, coordinator and chair, and the
/// allocated IDVA service (domain 6.2); listed agencies read the case.
macro_rules! readable {
    () => {
        concat!(
            visible_cases!("c"), " and (", own!(),
            " or r.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])",
            " or exists (select from circle g where g.case_id = c.id and g.basis = 'allocation' and ",
            in_circle!("g"), "))"
        )
    };
}

macro_rules! find {
    ($tail:literal) => {
        concat!(
            "select ",
            columns!(),
            "from referrals r join cases c on c.id = r.case_id where r.id = $1 and ",
            readable!(),
            $tail
        )
    };
}

const FIND: &str = find!("");
const LOCK: &str = find!(" for update of r");

/// The referral, if it is in sight.
pub fn find(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleReferral> {
    load(tx, act, id, FIND)
}

/// The same, locked.
pub fn lock(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleReferral> {
    load(tx, act, id, LOCK)
}

fn load(tx: &mut Tx<'_>, act: Act, id: Uuid, text: &'static str) -> Result<VisibleReferral> {
    let row: ReferralRow = sql(text)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)?;
    let case = visibility::case(tx, act, row.case_id)?;
    let principal = &tx.actor.principal;
    let is_author = (row.submitted_by.is_some() && row.submitted_by == principal.user_id())
        || (row.actor_id.is_some() && row.actor_id == principal.actor_id());
    Ok(VisibleReferral {
        row,
        case,
        is_author,
    })
}

#[derive(QueryableByName)]
struct Listed {
    #[diesel(embed)]
    item: ReferralRow,
    #[diesel(sql_type = st::Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = st::Text)]
    master_key_id: String,
    #[diesel(sql_type = st::Nullable<st::Binary>)]
    wrapped: Option<Vec<u8>>,
}

impl Listed {
    fn open(self, tx: &Tx<'_>) -> Result<ReferralItem> {
        let Self {
            item,
            created_at,
            master_key_id,
            wrapped,
        } = self;
        let key = tx
            .keys
            .unwrap(item.case_id, &master_key_id, wrapped.as_deref())?;
        let document = key.open_json(place(item.id), &item.document)?;
        Ok(ReferralItem::render(&item, &document, created_at))
    }
}

const MINE: &str = concat!(
    "select ",
    columns!(),
    ", r.created_at, k.master_key_id, k.wrapped from referrals r \
     join cases c on c.id = r.case_id join data_keys k on k.case_id = r.case_id where ",
    own!(),
    " and ",
    visible_cases!("c"),
    " and ($1::text is null or r.status = $1) and (coalesce(r.submitted_at, r.created_at), r.id) < ($2, $3) \
     order by coalesce(r.submitted_at, r.created_at) desc, r.id desc limit $4"
);

/// The caller's own referrals, newest first.
pub fn mine(
    tx: &mut Tx<'_>,
    status: Option<ReferralStatus>,
    after: Option<(bool, DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ReferralItem>> {
    let (_, at, id) = after.unwrap_or((false, far_future(), Uuid::max()));
    let rows: Vec<Listed> = sql(MINE)
        .bind(status.map(ReferralStatus::as_str))
        .bind(at)
        .bind(id)
        .bind(limit + 1)
        .load(tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

fn far_future() -> DateTime<Utc> {
    DateTime::from_timestamp(32_503_680_000, 0).unwrap_or_default()
}

const INBOX: &str = concat!(
    "select ",
    columns!(),
    ", r.created_at, k.master_key_id, k.wrapped from referrals r \
     join cases c on c.id = r.case_id join data_keys k on k.case_id = r.case_id where r.marac_id = $1 \
     and r.status = any ($2) and r.submitted_at is not null and ",
    visible_cases!("c"),
    " and (not r.urgent, r.submitted_at, r.id) > ($3, $4, $5) \
     order by (not r.urgent), r.submitted_at, r.id limit $6"
);

/// A MARAC's referrals for its coordinator: urgent first, then those that wait longest.
pub fn inbox(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    statuses: Vec<&'static str>,
    after: Option<(bool, DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ReferralItem>> {
    let (calm, at, id) = after.unwrap_or((false, DateTime::UNIX_EPOCH, Uuid::nil()));
    let rows: Vec<Listed> = sql(INBOX)
        .bind(marac_id)
        .bind(statuses)
        .bind(calm)
        .bind(at)
        .bind(id)
        .bind(limit + 1)
        .load(tx.conn)?;
    rows.into_iter().map(|row| row.open(tx)).collect()
}

#[derive(QueryableByName)]
struct MaracRow {
    #[diesel(sql_type = st::Text)]
    code: String,
    #[diesel(sql_type = st::Jsonb)]
    settings: serde_json::Value,
}

/// The MARAC's code and settings.
pub fn marac(tx: &mut Tx<'_>, id: Uuid) -> Result<(String, MaracSettings)> {
    let row: MaracRow = sql("select code, settings from maracs where id = $1")
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)?;
    let settings = MaracSettings::from_stored(row.settings)
        .map_err(|_| Error::Internal("a MARAC's stored settings do not load"))?;
    Ok((row.code, settings))
}

/// What is new about a referral when it is written.
pub struct Written<'a> {
    pub document: &'a Document,
    pub checked: &'a Checked,
    pub referred_on: NaiveDate,
    pub status: ReferralStatus,
    pub urgent: bool,
    pub co_agency_id: Option<Uuid>,
}

/// A referral's fixed beginnings.
pub struct Origin {
    pub id: Uuid,
    pub agency_id: Uuid,
    pub submitted_by: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub external_ref: Option<String>,
    /// Practice rules an imported record does not meet.
    pub gaps: Vec<String>,
}

/// Inserts the referral; counted at once if it is sent in.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    origin: &Origin,
    written: &Written<'_>,
) -> Result<()> {
    let sealed = case.key().seal_json(place(origin.id), written.document)?;
    let submitted = written.status != ReferralStatus::Draft;
    sql("insert into referrals (id, marac_id, case_id, agency_id, co_agency_id, submitted_by, actor_id, \
         external_ref, status, urgent, referred_on, submitted_at, document, tool, tool_version, score, \
         criteria, missing, gaps, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19, $20)")
        .bind(origin.id)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(origin.agency_id)
        .bind(written.co_agency_id)
        .bind(origin.submitted_by)
        .bind(origin.actor_id)
        .bind(origin.external_ref.clone())
        .bind(written.status.as_str())
        .bind(written.urgent)
        .bind(written.referred_on)
        .bind(submitted.then_some(tx.now))
        .bind(sealed)
        .bind(written.checked.score.as_ref().map(|score| score.tool.clone()))
        .bind(written.checked.score.as_ref().map(|score| i32::from(score.version)))
        .bind(written.score())
        .bind(written.criteria())
        .bind(written.missing())
        .bind(origin.gaps.clone())
        .bind(tx.now)
        .execute(tx.conn)
        .map_err(named_constraints)?;
    if submitted {
        count(tx, case, origin.id, written)
    } else {
        Ok(())
    }
}

/// Writes it anew: edited, sent in, or sent in again.
pub fn update(tx: &mut Tx<'_>, found: &VisibleReferral, written: &Written<'_>) -> Result<()> {
    let id = found.row.id;
    let sealed = found.case.key().seal_json(place(id), written.document)?;
    let submitted = written.status == ReferralStatus::Submitted;
    sql(
        "update referrals set status = $2, urgent = $3, co_agency_id = $4, referred_on = $5, \
         submitted_at = coalesce($6, submitted_at), document = $7, tool = $8, tool_version = $9, \
         score = $10, criteria = $11, missing = $12, version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(written.status.as_str())
    .bind(written.urgent)
    .bind(written.co_agency_id)
    .bind(written.referred_on)
    .bind(submitted.then_some(tx.now))
    .bind(sealed)
    .bind(
        written
            .checked
            .score
            .as_ref()
            .map(|score| score.tool.clone()),
    )
    .bind(
        written
            .checked
            .score
            .as_ref()
            .map(|score| i32::from(score.version)),
    )
    .bind(written.score())
    .bind(written.criteria())
    .bind(written.missing())
    .execute(tx.conn)
    .map_err(named_constraints)?;
    if submitted {
        count(tx, &found.case, id, written)
    } else {
        Ok(())
    }
}

fn named_constraints(error: diesel::result::Error) -> Error {
    Error::from(error)
        .on_constraint("referrals_external_key", || {
            Error::field(
                "/external_ref",
                "taken",
                "Your agency has sent a referral with this reference.",
            )
        })
        .on_constraint("referrals_co_agency_id_fkey", || {
            Error::field(
                "/co_agency_id",
                "unknown_agency",
                "There is no such agency.",
            )
        })
}

impl Written<'_> {
    fn score(&self) -> Option<i16> {
        self.checked
            .score
            .as_ref()
            .map(|score| i16::from(score.yes))
    }

    pub fn criteria(&self) -> Vec<&'static str> {
        self.checked
            .criteria()
            .iter()
            .map(|criterion| criterion.as_str())
            .collect()
    }

    fn missing(&self) -> Vec<String> {
        let submitted = !matches!(
            self.status,
            ReferralStatus::Draft | ReferralStatus::Returned
        );
        let missing = self.checked.missing.iter().filter(|_| !submitted);
        missing
            .map(|error| error.pointer.trim_start_matches("/referral").to_owned())
            .collect()
    }
}

/// The counting row, as at the referral date; names nobody (design section 3).
fn count(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, written: &Written<'_>) -> Result<()> {
    let survivor = written.document.survivor.as_ref();
    let traits = survivor
        .map(|s| s.characteristics.clone())
        .unwrap_or_default();
    let born = survivor.and_then(|s| s.identity.date_of_birth);
    let age = born.and_then(|born| age_on(born, written.referred_on));
    let gender = survivor.map(|s| s.identity.gender).unwrap_or_default();
    sql("insert into referral_counts (referral_id, marac_id, case_id, referred_on, source, co_source, gender, \
         ethnicity, lgbt, disabled, age, perpetrator_under_18, children) \
         select r.id, r.marac_id, r.case_id, $2, a.kind, b.kind, $3, $4, $5, $6, $7, $8, $9 \
         from referrals r join agencies a on a.id = r.agency_id left join agencies b on b.id = r.co_agency_id \
         where r.id = $1 and r.case_id = $10 \
         on conflict (referral_id) do update set referred_on = excluded.referred_on, source = excluded.source, \
         co_source = excluded.co_source, gender = excluded.gender, ethnicity = excluded.ethnicity, \
         lgbt = excluded.lgbt, disabled = excluded.disabled, age = excluded.age, \
         perpetrator_under_18 = excluded.perpetrator_under_18, children = excluded.children \
         where referral_counts.filed_at is null")
        .bind(id)
        .bind(written.referred_on)
        .bind(gender.as_str())
        .bind(traits.ethnicity.as_str())
        .bind(traits.lgbt.as_str())
        .bind(traits.disabled.as_str())
        .bind(age.and_then(|age| i16::try_from(age).ok()))
        .bind(perpetrator_under_18(written).as_str())
        .bind(i16::try_from(written.document.children.len()).unwrap_or(i16::MAX))
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// Yes if any is known to be; no if all are known not to be.
fn perpetrator_under_18(written: &Written<'_>) -> YesNoUnknown {
    let ages: Vec<Option<u32>> = written
        .document
        .perpetrators
        .iter()
        .map(|p| {
            p.identity
                .date_of_birth
                .and_then(|born| age_on(born, written.referred_on))
        })
        .collect();
    if ages.iter().flatten().any(|age| *age < 18) {
        YesNoUnknown::Yes
    } else if ages.iter().all(Option::is_some) && !ages.is_empty() {
        YesNoUnknown::No
    } else {
        YesNoUnknown::Unknown
    }
}

/// Records a decision or a change of state; the reason is sealed.
pub fn decide(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    status: ReferralStatus,
    reason: Option<&str>,
) -> Result<()> {
    let place = Place::new("referrals", "decision", found.row.id);
    let seal = |reason: &str| {
        found.case.key().seal_json(
            place,
            &super::shapes::Reason {
                reason: reason.to_owned(),
            },
        )
    };
    let sealed = reason.map(seal).transpose()?;
    sql(
        "update referrals set status = $2, decided_by = $3, decided_at = $4, decision = $5, \
         version = version + 1 where id = $1",
    )
    .bind(found.row.id)
    .bind(status.as_str())
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .bind(sealed)
    .execute(tx.conn)?;
    Ok(())
}

/// Records a challenge.
pub fn challenge(tx: &mut Tx<'_>, found: &VisibleReferral, reason: &str) -> Result<()> {
    let place = Place::new("referrals", "challenge", found.row.id);
    let reason = super::shapes::Reason {
        reason: reason.to_owned(),
    };
    let sealed = found.case.key().seal_json(place, &reason)?;
    sql("update referrals set challenge = $2, challenged_at = $3, version = version + 1 where id = $1")
        .bind(found.row.id)
        .bind(sealed)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// What acceptance says of a repeat (R13).
pub fn set_repeat(tx: &mut Tx<'_>, id: Uuid, repeat: bool) -> Result<()> {
    sql("update referrals set is_repeat = $2 where id = $1")
        .bind(id)
        .bind(repeat)
        .execute(tx.conn)?;
    Ok(())
}

/// Moves the referral into the case it joins, its seals under that case's key.
pub fn move_into(tx: &mut Tx<'_>, found: &VisibleReferral, into: &VisibleCase) -> Result<()> {
    let id = found.row.id;
    let reseal = |column: &'static str, sealed: &Option<Vec<u8>>| -> Result<Option<Vec<u8>>> {
        let place = Place::new("referrals", column, id);
        let moved = sealed.as_deref().map(|sealed| {
            let plain = found.case.key().open(place, sealed)?;
            into.key().seal(place, &plain)
        });
        Ok(moved.transpose()?)
    };
    let document = reseal("document", &Some(found.row.document.clone()))?;
    let challenge = reseal("challenge", &found.row.challenge)?;
    sql("update referrals set case_id = $2, document = $3, challenge = $4 where id = $1")
        .bind(id)
        .bind(into.id)
        .bind(document)
        .bind(challenge)
        .execute(tx.conn)?;
    sql("update referral_counts set case_id = $2 where referral_id = $1")
        .bind(id)
        .bind(into.id)
        .execute(tx.conn)?;
    Ok(())
}

impl Origin {
    /// The row as it was just inserted.
    pub fn row(
        &self,
        tx: &Tx<'_>,
        case: &VisibleCase,
        written: &Written<'_>,
    ) -> Result<ReferralRow> {
        let mut row = ReferralRow {
            id: self.id,
            marac_id: case.marac_id,
            case_id: case.id,
            agency_id: self.agency_id,
            co_agency_id: None,
            submitted_by: self.submitted_by,
            actor_id: self.actor_id,
            external_ref: self.external_ref.clone(),
            status: written.status,
            urgent: false,
            referred_on: None,
            submitted_at: None,
            document: Vec::new(),
            score: None,
            criteria: Vec::new(),
            missing: Vec::new(),
            gaps: self.gaps.clone(),
            decided_by: None,
            decided_at: None,
            decision: None,
            challenge: None,
            challenged_at: None,
            version: 0,
        };
        row.take(tx, case, written)?;
        Ok(row)
    }
}

impl ReferralRow {
    /// What was just written, so that the answer needs no further read.
    pub fn take(&mut self, tx: &Tx<'_>, case: &VisibleCase, written: &Written<'_>) -> Result<()> {
        self.status = written.status;
        self.urgent = written.urgent;
        self.co_agency_id = written.co_agency_id;
        self.referred_on = Some(written.referred_on);
        if written.status == ReferralStatus::Submitted {
            self.submitted_at = Some(tx.now);
        }
        self.document = case.key().seal_json(place(self.id), written.document)?;
        self.score = written.score();
        self.criteria = written.criteria().into_iter().map(str::to_owned).collect();
        self.missing = written.missing();
        self.version += 1;
        Ok(())
    }
}

//! Writing rows of referrals: the sealed document, what is counted, decisions.

use diesel::prelude::*;
use uuid::Uuid;

use super::ReferralStatus;
use super::store::{ReferralRow, VisibleReferral, place};
use super::written::Written;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::sql::Sql;
use kernel::visibility::VisibleCase;
use practice::risk::age_on;
use practice::vocabulary::YesNoUnknown;

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
    let text = if submitted { INSERT_COUNTED } else { INSERT };
    counted(tx.sql(text), case, origin.id, written)
        .bind(origin.agency_id)
        .bind(written.co_agency_id)
        .bind(origin.submitted_by)
        .bind(origin.actor_id)
        .bind(origin.external_ref.clone())
        .bind(written.status.as_str())
        .bind(written.urgent)
        .bind(submitted.then_some(tx.now))
        .bind(sealed)
        .bind(written.tool())
        .bind(written.tool_version())
        .bind(written.score())
        .bind(written.criteria())
        .bind(written.missing())
        .bind(origin.gaps.clone())
        .bind(tx.now)
        .bind(case.marac_id)
        .bind(written.idva_referral())
        .bind(written.maximum())
        .bind(written.not_asked())
        .execute(tx.conn)
        .map_err(named_constraints)?;
    Ok(())
}

/// Writes it anew: edited, sent in, or sent in again.
pub fn update(tx: &mut Tx<'_>, found: &VisibleReferral, written: &Written<'_>) -> Result<()> {
    let id = found.row.id;
    let sealed = found.case.key().seal_json(place(id), written.document)?;
    let submitted = written.status == ReferralStatus::Submitted;
    tx.sql(
        "update referrals set status = $2, urgent = $3, co_agency_id = $4, referred_on = $5, \
         submitted_at = coalesce($6, submitted_at), document = $7, tool = $8, tool_version = $9, \
         score = $10, criteria = $11, missing = $12, idva_referral = $13, maximum = $14, \
         not_asked_count = $15, version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(written.status.as_str())
    .bind(written.urgent)
    .bind(written.co_agency_id)
    .bind(written.referred_on)
    .bind(submitted.then_some(tx.now))
    .bind(sealed)
    .bind(written.tool())
    .bind(written.tool_version())
    .bind(written.score())
    .bind(written.criteria())
    .bind(written.missing())
    .bind(written.idva_referral())
    .bind(written.maximum())
    .bind(written.not_asked())
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

// One statement writes a referral and counts it: `$1` to `$10` are what is counted.
macro_rules! insert {
    () => {
        "insert into referrals (id, marac_id, case_id, agency_id, co_agency_id, submitted_by, actor_id, \
         external_ref, status, urgent, referred_on, submitted_at, document, tool, tool_version, score, \
         criteria, missing, gaps, created_at, idva_referral, maximum, not_asked_count) values ($1, $27, $10, $11, $12, \
         $13, $14, $15, $16, $17, $2, $18, $19, $20, $21, $22, $23, $24, $25, $26, $28, $29, $30)"
    };
}

macro_rules! count {
    ($referrals:literal) => {
        concat!(
            "insert into referral_counts (referral_id, marac_id, case_id, referred_on, source, ",
            "co_source, gender, ethnicity, lgbt, disabled, age, perpetrator_under_18, children) ",
            "select r.id, r.marac_id, r.case_id, $2, a.kind, b.kind, $3, $4, $5, $6, $7, $8, $9 ",
            "from ",
            $referrals,
            " r join agencies a on a.id = r.agency_id left join agencies b on b.id = r.co_agency_id ",
            "where r.id = $1 and r.case_id = $10 ",
            "on conflict (referral_id) do update set referred_on = excluded.referred_on, ",
            "source = excluded.source, co_source = excluded.co_source, gender = excluded.gender, ",
            "ethnicity = excluded.ethnicity, lgbt = excluded.lgbt, disabled = excluded.disabled, ",
            "age = excluded.age, perpetrator_under_18 = excluded.perpetrator_under_18, ",
            "children = excluded.children where referral_counts.filed_at is null"
        )
    };
}

const INSERT: &str = insert!();
const INSERT_COUNTED: &str = concat!(
    "with written as (",
    insert!(),
    " returning *) ",
    count!("written")
);
const COUNT: &str = count!("referrals");

/// The counting row, as at the referral date; names nobody (design section 3).
fn count(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid, written: &Written<'_>) -> Result<()> {
    counted(tx.sql(COUNT), case, id, written).execute(tx.conn)?;
    Ok(())
}

/// Binds what is counted.
fn counted(text: Sql, case: &VisibleCase, id: Uuid, written: &Written<'_>) -> Sql {
    let survivor = written.document.survivor.as_ref();
    let traits = survivor
        .map(|s| s.characteristics.clone())
        .unwrap_or_default();
    let born = survivor.and_then(|s| s.identity.date_of_birth);
    let age = born.and_then(|born| age_on(born.day(), written.referred_on));
    let gender = survivor.map(|s| s.identity.gender).unwrap_or_default();
    text.bind(id)
        .bind(written.referred_on)
        .bind(gender.as_str())
        .bind(traits.ethnicity.as_str())
        .bind(traits.lgbt.as_str())
        .bind(traits.disabled.as_str())
        .bind(age.and_then(|age| i16::try_from(age).ok()))
        .bind(perpetrator_under_18(written).as_str())
        .bind(i16::try_from(written.document.children.len()).unwrap_or(i16::MAX))
        .bind(case.id)
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
                .and_then(|born| age_on(born.day(), written.referred_on))
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
    tx.sql(
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
    tx.sql("update referrals set challenge = $2, challenged_at = $3, version = version + 1 where id = $1")
        .bind(found.row.id)
        .bind(sealed)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// What acceptance says of a repeat (R13).
pub fn set_repeat(tx: &mut Tx<'_>, id: Uuid, repeat: bool) -> Result<()> {
    tx.sql("update referrals set is_repeat = $2 where id = $1")
        .bind(id)
        .bind(repeat)
        .execute(tx.conn)?;
    Ok(())
}

/// Why it opened a case of its own although its pair was known.
pub fn kept_separate(tx: &mut Tx<'_>, found: &VisibleReferral, reason: &str) -> Result<()> {
    let place = Place::new("referrals", "separate", found.row.id);
    let sealed = found.case.key().seal_json(place, &reason)?;
    tx.sql("update referrals set separate = $2 where id = $1")
        .bind(found.row.id)
        .bind(sealed)
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
            tool: None,
            tool_version: None,
            score: None,
            maximum: None,
            not_asked_count: None,
            criteria: Vec::new(),
            missing: Vec::new(),
            gaps: self.gaps.clone(),
            decided_by: None,
            decided_at: None,
            decision: None,
            challenge: None,
            challenged_at: None,
            version: 0,
            own_file_id: None,
            separate: None,
            in_sight: true,
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
        self.tool = written.tool();
        self.tool_version = written.tool_version();
        self.score = written.score();
        self.maximum = written.maximum();
        self.not_asked_count = written.not_asked();
        self.criteria = written.criteria().into_iter().map(str::to_owned).collect();
        self.missing = written.missing();
        self.version += 1;
        Ok(())
    }
}

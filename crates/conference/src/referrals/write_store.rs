//! Writing rows of referrals: the sealed document, what is counted, decisions.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::ReferralStatus;
use super::count_store::{Both, Counted};
use super::store::{ReferralRow, VisibleReferral, place};
use super::written::Written;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::referrals;
use kernel::sql::Whole;
use kernel::visibility::VisibleCase;

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

/// What is written of a referral each time: its sealed document, and what stands in clear.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = referrals, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Said {
    status: ReferralStatus,
    urgent: bool,
    co_agency_id: Option<Uuid>,
    referred_on: NaiveDate,
    document: Vec<u8>,
    tool: Option<String>,
    tool_version: Option<i32>,
    score: Option<i16>,
    maximum: Option<i16>,
    not_asked_count: Option<i16>,
    criteria: Whole<&'static str>,
    missing: Whole<String>,
    idva_referral: Option<&'static str>,
}

impl Said {
    fn of(written: &Written<'_>, document: Vec<u8>) -> Self {
        Self {
            status: written.status,
            urgent: written.urgent,
            co_agency_id: written.co_agency_id,
            referred_on: written.referred_on,
            document,
            tool: written.tool(),
            tool_version: written.tool_version(),
            score: written.score(),
            maximum: written.maximum(),
            not_asked_count: written.not_asked(),
            criteria: Whole(written.criteria()),
            missing: Whole(written.missing()),
            idva_referral: written.idva_referral(),
        }
    }
}

/// A referral as it begins.
#[derive(Insertable)]
#[diesel(table_name = referrals, treat_none_as_default_value = false)]
struct Begun {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    agency_id: Uuid,
    submitted_by: Option<Uuid>,
    actor_id: Option<Uuid>,
    external_ref: Option<String>,
    submitted_at: Option<DateTime<Utc>>,
    gaps: Whole<String>,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    said: Said,
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
    let begun = Begun {
        id: origin.id,
        marac_id: case.marac_id,
        case_id: case.id,
        agency_id: origin.agency_id,
        submitted_by: origin.submitted_by,
        actor_id: origin.actor_id,
        external_ref: origin.external_ref.clone(),
        submitted_at: submitted.then_some(tx.now),
        gaps: Whole(origin.gaps.clone()),
        created_at: tx.now,
        said: Said::of(written, sealed),
    };
    let insert = diesel::insert_into(referrals::table).values(begun);
    let done = if submitted {
        let counted = Counted::of(case, origin.id, written);
        let both = Both {
            first: insert,
            second: counted.count(origin.agency_id, written.co_agency_id),
        };
        both.execute(tx.conn)
    } else {
        insert.execute(tx.conn)
    };
    done.map_err(named_constraints)?;
    Ok(())
}

/// Writes it anew: edited, sent in, or sent in again.
pub fn update(tx: &mut Tx<'_>, found: &VisibleReferral, written: &Written<'_>) -> Result<()> {
    let id = found.row.id;
    let sealed = found.case.key().seal_json(place(id), written.document)?;
    let submitted = written.status == ReferralStatus::Submitted;
    let now = submitted.then_some(tx.now);
    diesel::update(referrals::table.find(id))
        .set((
            Said::of(written, sealed),
            now.map(|now| referrals::submitted_at.eq(now)),
            referrals::version.eq(referrals::version + 1),
        ))
        .execute(tx.conn)
        .map_err(named_constraints)?;
    if submitted {
        Counted::of(&found.case, id, written)
            .count(found.row.agency_id, written.co_agency_id)
            .execute(tx.conn)?;
    }
    Ok(())
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

/// Records a decision or a change of state; the reason is sealed.
pub fn decide(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    status: ReferralStatus,
    reason: Option<&str>,
) -> Result<()> {
    let place = SealPlace::new("referrals", "decision", found.row.id);
    let seal = |reason: &str| {
        found.case.key().seal_json(
            place,
            &super::shapes::Reason {
                reason: reason.to_owned(),
            },
        )
    };
    let sealed = reason.map(seal).transpose()?;
    diesel::update(referrals::table.find(found.row.id))
        .set((
            referrals::status.eq(status),
            referrals::decided_by.eq(tx.actor.principal.user_id()),
            referrals::decided_at.eq(tx.now),
            referrals::decision.eq(sealed),
            referrals::version.eq(referrals::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Records a challenge.
pub fn challenge(tx: &mut Tx<'_>, found: &VisibleReferral, reason: &str) -> Result<()> {
    let place = SealPlace::new("referrals", "challenge", found.row.id);
    let reason = super::shapes::Reason {
        reason: reason.to_owned(),
    };
    let sealed = found.case.key().seal_json(place, &reason)?;
    diesel::update(referrals::table.find(found.row.id))
        .set((
            referrals::challenge.eq(sealed),
            referrals::challenged_at.eq(tx.now),
            referrals::version.eq(referrals::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What acceptance says of a repeat (R13).
pub fn set_repeat(tx: &mut Tx<'_>, id: Uuid, repeat: bool) -> Result<()> {
    diesel::update(referrals::table.find(id))
        .set(referrals::is_repeat.eq(repeat))
        .execute(tx.conn)?;
    Ok(())
}

/// Why it opened a case of its own although its pair was known.
pub fn kept_separate(tx: &mut Tx<'_>, found: &VisibleReferral, reason: &str) -> Result<()> {
    let place = SealPlace::new("referrals", "separate", found.row.id);
    let sealed = found.case.key().seal_json(place, &reason)?;
    diesel::update(referrals::table.find(found.row.id))
        .set(referrals::separate.eq(sealed))
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

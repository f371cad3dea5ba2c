//! Agreements, suspensions and closings: what stands, what warns, what is refused.

use chrono::{DateTime, NaiveDate, Utc};

use super::members::Agreement;
use super::store::{Agency, Member};
use kernel::error::{Error, FieldError, Result};
use practice::vocabulary;

vocabulary! {
    /// What is wrong with an agency's information-sharing agreement (R36). It warns; access ends only
    /// by an expiry or a suspension that a named person decided.
    AgreementWarning {
        Unsigned = "unsigned",
        ReviewPast = "review_past",
    }
}

vocabulary! {
    /// Whether a case can be opened to an agency.
    ListingStanding {
        Live = "live",
        AgreementReviewPast = "agreement_review_past",
        MembershipEnded = "membership_ended",
    }
}

/// What to warn of.
pub fn warning(
    signed_on: Option<NaiveDate>,
    review_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<AgreementWarning> {
    match (signed_on, review_on) {
        (_, Some(review_on)) if review_on < today => Some(AgreementWarning::ReviewPast),
        (None, _) => Some(AgreementWarning::Unsigned),
        _ => None,
    }
}

/// Whether the membership gives access now.
pub fn is_live(member: &Member, now: DateTime<Utc>) -> bool {
    member.closed_at.is_none()
        && member.suspended_at.is_none()
        && member.access_ends_at.is_none_or(|ends_at| ends_at > now)
}

/// Whether cases may be newly listed to an agency of this membership.
pub fn listing_standing(member: &Member, now: DateTime<Utc>, today: NaiveDate) -> ListingStanding {
    let warning = warning(member.signed_on, member.review_on, today);
    match is_live(member, now) {
        false => ListingStanding::MembershipEnded,
        true if warning == Some(AgreementWarning::ReviewPast) => {
            ListingStanding::AgreementReviewPast
        }
        true => ListingStanding::Live,
    }
}

/// Whether an agreement can stand as sent. `before` is the membership so far, `own` whether the
/// decider belongs to the agency: nobody ends or prolongs their own agency's access.
pub fn agree(
    agreement: &Agreement,
    before: Option<&Member>,
    own: bool,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<()> {
    let mut errors = Vec::new();
    let mut refuse = |pointer: &str, code: &str, message: &str| {
        errors.push(FieldError::new(pointer, code, message));
    };
    match (agreement.signed_on, &agreement.signatory) {
        (Some(signed_on), _) if signed_on > today => {
            refuse("/signed_on", "future", "This lies in the future.");
        }
        (Some(_), None) => refuse("/signatory", "required", "Say who signed."),
        (None, Some(_)) => refuse("/signed_on", "required", "Say when it was signed."),
        _ => {}
    }
    if let (Some(signed_on), Some(review_on)) = (agreement.signed_on, agreement.review_on)
        && review_on < signed_on
    {
        refuse(
            "/review_on",
            "before_signing",
            "This lies before the signing.",
        );
    }
    let ends_at_before = before.and_then(|member| member.access_ends_at.map(Into::into));
    let end_changes = agreement.access_ends_at != ends_at_before;
    if end_changes && agreement.access_ends_at.is_some_and(|at| at <= now) {
        refuse(
            "/access_ends_at",
            "past",
            "Access ends in the future; to end it now, suspend the agency.",
        );
    }
    match errors.is_empty() {
        false => Err(Error::invalid(errors)),
        true if own && end_changes => Err(Error::conflict("own_agency")),
        true => Ok(()),
    }
}

/// Whether the agency can be suspended.
pub fn suspend(member: &Member, own: bool) -> Result<()> {
    match (own, member.suspended_at) {
        (true, _) => Err(Error::conflict("own_agency")),
        (_, Some(_)) => Err(Error::conflict("already_suspended")),
        _ => Ok(()),
    }
}

/// Whether the suspension can be lifted.
pub fn reinstate(member: &Member, own: bool) -> Result<()> {
    match (own, member.suspended_at) {
        (true, _) => Err(Error::conflict("own_agency")),
        (_, None) => Err(Error::conflict("not_suspended")),
        _ => Ok(()),
    }
}

/// Whether the agency is open, as it must be to change, join or take people in.
pub fn open(agency: &Agency) -> Result<()> {
    match agency.closed_at {
        Some(_) => Err(Error::conflict("agency_closed")),
        None => Ok(()),
    }
}

/// Whether the agency can be closed.
pub fn close(agency: &Agency, own: bool) -> Result<()> {
    if own {
        return Err(Error::conflict("own_agency"));
    }
    open(agency)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

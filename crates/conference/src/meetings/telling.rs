//! Who is told what of a meeting.

use super::listing_store::ListedAgency;
use super::store::Meeting;
use directory::agencies::ListingStanding;
use directory::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::{Act, Who};

/// It was moved or cancelled: everybody who may list meetings in its MARAC.
pub fn everybody(tx: &mut Tx<'_>, kind: NoticeKind, meeting: &Meeting) -> Result<()> {
    let roles = match Act::ListMeetings.who() {
        Who::Roles(roles) => roles,
        _ => &[],
    };
    let notice = Notice {
        kind,
        marac_id: meeting.marac_id,
        case_id: None,
        subject: ("meeting", meeting.id),
        to: roles.iter().copied().map(To::Role).collect(),
    };
    tell(tx, &[notice])
}

/// Cases were opened to the agencies they are listed to: each agency, of each of its cases.
pub fn listed(tx: &mut Tx<'_>, meeting: &Meeting, listed: &[ListedAgency]) -> Result<()> {
    let live = listed
        .iter()
        .filter(|row| row.standing == ListingStanding::Live);
    let mut notices: Vec<Notice> = Vec::new();
    for row in live {
        let to = To::Agency(row.agency_id);
        match notices.last_mut() {
            Some(last) if last.case_id == Some(row.case_id) => last.to.push(to),
            _ => notices.push(Notice {
                kind: NoticeKind::CaseListed,
                marac_id: meeting.marac_id,
                case_id: Some(row.case_id),
                subject: ("meeting", meeting.id),
                to: vec![to],
            }),
        }
    }
    tell(tx, &notices)
}

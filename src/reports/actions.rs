//! The report on actions: how they stood on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::ActionCountRow;
use casework::actions::ActionStatus;
use kernel::http::Figures;
use practice::vocabulary::AgencyKind;

/// Actions by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ByStatus {
    /// Agreed, nothing reported.
    pub open: i64,
    /// Begun.
    pub in_progress: i64,
    /// Done.
    pub completed: i64,
    /// Circumstances changed (R28).
    pub not_possible_circumstances_changed: i64,
    /// The agency did not do it (R28).
    pub not_done: i64,
    /// Another took its place.
    pub superseded: i64,
    /// The chair's word.
    pub cancelled: i64,
}

/// Numbers of actions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionCounts {
    /// Agreed by that day.
    pub total: i64,
    /// Outstanding: open or in progress.
    pub open: i64,
    /// Outstanding, and due before that day.
    pub overdue: i64,
    /// Reported as not done or not possible, and not yet dealt with by the chair.
    pub unresolved: i64,
    /// By status.
    pub by_status: ByStatus,
}

impl ActionCounts {
    fn add(&mut self, row: &ActionCountRow) {
        let (n, by) = (row.actions, &mut self.by_status);
        let status = match row.status {
            ActionStatus::Open => &mut by.open,
            ActionStatus::InProgress => &mut by.in_progress,
            ActionStatus::Completed => &mut by.completed,
            ActionStatus::NotPossible => &mut by.not_possible_circumstances_changed,
            ActionStatus::NotDone => &mut by.not_done,
            ActionStatus::Superseded => &mut by.superseded,
            ActionStatus::Cancelled => &mut by.cancelled,
        };
        *status += n;
        self.total += n;
        self.open += if row.status.is_outstanding() { n } else { 0 };
        self.overdue += if row.overdue { n } else { 0 };
        self.unresolved += if row.unresolved { n } else { 0 };
    }
}

/// Numbers for one kind of owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindCounts {
    /// The kind.
    pub kind: AgencyKind,
    /// Its numbers.
    #[serde(flatten)]
    pub counts: ActionCounts,
}

/// Numbers for one MARAC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaracCounts {
    /// The MARAC.
    pub marac_id: Uuid,
    /// Its numbers.
    #[serde(flatten)]
    pub counts: ActionCounts,
}

/// Actions as they stood on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionReport {
    /// The day.
    pub as_at: NaiveDate,
    /// Which cases are counted.
    #[serde(rename = "counts")]
    pub figures: Figures,
    /// All of them.
    #[serde(flatten)]
    pub counts: ActionCounts,
    /// By kind of owner; kinds without any are left out.
    pub by_owner_kind: Vec<KindCounts>,
    /// By MARAC; those without any are left out.
    pub by_marac: Vec<MaracCounts>,
}

impl ActionReport {
    pub(super) fn of(as_at: NaiveDate, figures: Figures, rows: &[ActionCountRow]) -> Self {
        let mut counts = ActionCounts::default();
        let mut kinds = BTreeMap::<AgencyKind, ActionCounts>::new();
        let mut maracs = BTreeMap::<Uuid, ActionCounts>::new();
        for row in rows {
            counts.add(row);
            kinds.entry(row.owner_kind).or_default().add(row);
            maracs.entry(row.marac_id).or_default().add(row);
        }
        Self {
            as_at,
            figures,
            counts,
            by_owner_kind: kinds
                .into_iter()
                .map(|(kind, counts)| KindCounts { kind, counts })
                .collect(),
            by_marac: maracs
                .into_iter()
                .map(|(marac_id, counts)| MaracCounts { marac_id, counts })
                .collect(),
        }
    }
}

//! Who may do what: permission × circle × lens − exclusion, denied by default at every step.
//!
//! `acts` holds the one table of acts and who may do them at all; `visibility` the one SQL rule of
//! which cases and actions are in sight; `lens` which groups of fields a reader gets; `bases` what opens
//! sight and what ends it.

mod acts;
pub mod bases;
pub mod lens;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub use acts::{Act, Asks, Who};

use crate::error::{Code, Error, Result};
use practice::vocabulary;

vocabulary! {
    /// A role, held in one MARAC. `administrator` is no role: it is global and sees no case.
    Role {
        Practitioner = "practitioner",
        Idva = "idva",
        Representative = "representative",
        AgencyLead = "agency_lead",
        Coordinator = "coordinator",
        Chair = "chair",
        Observer = "observer",
        Analyst = "analyst",
        Auditor = "auditor",
    }
}

vocabulary! {
    /// What an API client may be allowed, on top of the roles it holds.
    Right {
        ReferralsWrite = "referrals:write",
        CasesRead = "cases:read",
        CasesWrite = "cases:write",
        ActionsRead = "actions:read",
        ActionsReport = "actions:report",
        MeetingsRead = "meetings:read",
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in person.
    User {
        /// The account.
        id: Uuid,
        /// The sign-in.
        session_id: Uuid,
    },
    /// An agency's program, for a registered person or as its service actor.
    Client {
        /// The client.
        id: Uuid,
        /// The registered actor.
        actor_id: Option<Uuid>,
        /// The account that actor is linked to.
        user_id: Option<Uuid>,
    },
    /// The program itself.
    System,
    /// Nobody yet.
    Anonymous,
}

impl Principal {
    /// The program itself: a command line or a job.
    pub fn is_system(&self) -> bool {
        *self == Self::System
    }

    /// The account behind it, if any.
    pub fn user_id(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Client { user_id, .. } => *user_id,
            Self::System | Self::Anonymous => None,
        }
    }

    /// The registered actor, if a client acts for one.
    pub fn actor_id(&self) -> Option<Uuid> {
        match self {
            Self::Client { actor_id, .. } => *actor_id,
            _ => None,
        }
    }

    /// What idempotency keys and rate limits are counted by.
    pub fn id(&self) -> Uuid {
        match self {
            Self::User { id, .. } | Self::Client { id, .. } => *id,
            Self::System | Self::Anonymous => Uuid::nil(),
        }
    }
}

/// The caller as they stand at this moment. Made by `Db` alone, from the database.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub principal: Principal,
    /// Their agency.
    pub agency_id: Uuid,
    /// May manage accounts everywhere; sees no case by it.
    pub administrator: bool,
    /// When the password was last given in this session.
    pub password_at: Option<DateTime<Utc>>,
    /// What the client may do.
    pub rights: Vec<Right>,
    /// Live roles: account, agency, agreement and grant all stand.
    pub roles: BTreeSet<(Uuid, Role)>,
}

impl Actor {
    /// Somebody without a role.
    pub fn nobody(principal: Principal) -> Self {
        Self {
            principal,
            agency_id: Uuid::nil(),
            administrator: false,
            password_at: None,
            rights: Vec::new(),
            roles: BTreeSet::new(),
        }
    }

    /// Holds one of these roles in this MARAC.
    pub fn holds(&self, marac_id: Uuid, roles: &[Role]) -> bool {
        roles
            .iter()
            .any(|role| self.roles.contains(&(marac_id, *role)))
    }

    /// The roles held in this MARAC.
    pub fn roles_in(&self, marac_id: Uuid) -> Vec<Role> {
        let held = self.roles.iter().filter(|(id, _)| *id == marac_id);
        held.map(|(_, role)| *role).collect()
    }

    /// Coordinator or chair of this MARAC.
    pub fn is_staff(&self, marac_id: Uuid) -> bool {
        self.holds(marac_id, &[Role::Coordinator, Role::Chair])
    }

    /// The MARACs in which one of these roles is held.
    pub fn maracs_as(&self, roles: &[Role]) -> Vec<Uuid> {
        let mut maracs: Vec<_> = self
            .roles
            .iter()
            .filter(|(_, role)| roles.contains(role))
            .map(|(id, _)| *id)
            .collect();
        maracs.dedup();
        maracs
    }

    /// The MARACs in which any role is held.
    pub fn maracs(&self) -> Vec<Uuid> {
        self.maracs_as(Role::ALL)
    }

    /// Whether the password was given in this session within the last five minutes.
    fn stepped_up(&self, now: DateTime<Utc>) -> bool {
        self.password_at.is_some_and(|at| now - at <= FRESH)
    }
}

/// What is asked, on what: known before the work begins, so that a refusal can be recorded too.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// The act.
    pub act: Act,
    /// What it is done to, as named in the request.
    pub subject: Option<(&'static str, Uuid)>,
}

impl Act {
    /// Asks it of nothing in particular.
    pub const fn ask(self) -> Ask {
        Ask {
            act: self,
            subject: None,
        }
    }

    /// Asks it of one thing.
    pub const fn on(self, kind: &'static str, id: Uuid) -> Ask {
        Ask {
            act: self,
            subject: Some((kind, id)),
        }
    }
}

/// How long a password that was given again counts for what asks for it (design 3.7).
pub const FRESH: TimeDelta = TimeDelta::minutes(5);

/// Whether the actor may do this now: a right to it anywhere and, if the act asks for it, the password
/// given a short while ago. Who has no right is told that alone.
pub fn may(actor: &Actor, act: Act, now: DateTime<Utc>) -> Result<()> {
    permits(actor, act)?;
    match act.asks() {
        Asks::Password if !actor.stepped_up(now) => Err(Code::StepUpRequired.into()),
        Asks::Password | Asks::Nothing => Ok(()),
    }
}

/// Whether the actor has a right to this at all, anywhere.
pub fn permits(actor: &Actor, act: Act) -> Result<()> {
    let allowed = client_may(actor, act)
        && match act.who() {
            Who::SignedIn => true,
            Who::Administrator => actor.administrator,
            Who::Roles(roles) => actor.roles.iter().any(|(_, role)| roles.contains(role)),
            Who::AdministratorOr(roles) => {
                actor.administrator || actor.roles.iter().any(|(_, role)| roles.contains(role))
            }
            Who::Program => false,
        };
    if allowed {
        Ok(())
    } else {
        Err(Code::Forbidden.into())
    }
}

/// Whether the actor may do this in this MARAC.
pub fn may_in(actor: &Actor, act: Act, marac_id: Uuid) -> Result<()> {
    let allowed = client_may(actor, act)
        && match act.who() {
            Who::SignedIn => true,
            Who::Administrator => actor.administrator,
            Who::Roles(roles) => actor.holds(marac_id, roles),
            Who::AdministratorOr(roles) => actor.administrator || actor.holds(marac_id, roles),
            Who::Program => false,
        };
    let system = actor.principal == Principal::System;
    if allowed || system {
        Ok(())
    } else {
        Err(Code::Forbidden.into())
    }
}

fn client_may(actor: &Actor, act: Act) -> bool {
    match (&actor.principal, act.right()) {
        (Principal::Client { .. }, Some(right)) => actor.rights.contains(&right),
        (Principal::Client { .. }, None) => matches!(
            act,
            Act::ReadMe | Act::ReadRiskTools | Act::ReadNotifications
        ),
        (Principal::User { .. }, _) => true,
        (Principal::System | Principal::Anonymous, _) => false,
    }
}

/// The answer to whatever is out of sight or does not exist: always the same.
pub fn hidden() -> Error {
    Code::NotFound.into()
}

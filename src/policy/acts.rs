//! Every act there is, who may do it, and which right an API client needs for it.

use super::{Right, Role};

/// Who may do an act at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Every live account.
    SignedIn,
    /// The administrator.
    Administrator,
    /// Holders of one of these roles.
    Roles(&'static [Role]),
    /// The administrator, or holders of one of these roles.
    AdministratorOr(&'static [Role]),
    /// The program itself, or nobody yet: never a signed-in caller.
    Program,
}

use Role::{
    AgencyLead, Analyst, Auditor, Chair, Coordinator, Idva, Observer, Practitioner, Representative,
};

const STAFF: &[Role] = &[Coordinator, Chair];
const COORDINATOR: &[Role] = &[Coordinator];
const CHAIR: &[Role] = &[Chair];
/// Those who work with a case.
const CASEWORK: &[Role] = &[Practitioner, Idva, Representative, Coordinator, Chair];
const REFERRERS: &[Role] = &[Practitioner, Idva, Representative, Coordinator];
const OWNERS: &[Role] = &[Practitioner, Idva, Representative, Coordinator, Chair];
/// Those who speak for their agency.
const SPEAKERS: &[Role] = &[Idva, Representative];
const MEETING: &[Role] = &[Idva, Representative, Observer, Coordinator, Chair];
const LEADS: &[Role] = &[AgencyLead];
/// Those who may sit at a meeting: a practitioner as a guest for a case.
const ATTENDEES: &[Role] = &[
    Practitioner,
    Idva,
    Representative,
    Observer,
    Coordinator,
    Chair,
];
/// Those who see to it that somebody is there.
const COVERING: &[Role] = &[AgencyLead, Coordinator];
const COVERED: &[Role] = &[AgencyLead, Representative, Coordinator, Chair];
const COUNTS: &[Role] = &[Coordinator, Chair, Analyst];

macro_rules! acts {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $who:expr, $right:expr;)+) => {
        /// One variant per thing a person can do. A new one does not compile until its line below
        /// says who may.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Act { $($(#[$meta])* $name),+ }

        impl Act {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// Its name in the audit.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text),+ } }
            /// Who may do it at all.
            pub const fn who(self) -> Who { match self { $(Self::$name => $who),+ } }
            /// The right an API client needs; `None`: not for clients.
            pub const fn right(self) -> Option<Right> { match self { $(Self::$name => $right),+ } }
        }
    };
}

acts! {
    /// Sign in with a password, or try to.
    SignIn = "sign_in", Who::Program, None;
    /// Exchange a refresh token.
    RefreshSession = "refresh_session", Who::Program, None;
    /// Issue a client's access token.
    IssueClientToken = "issue_client_token", Who::Program, None;
    /// Take up an invitation.
    AcceptInvitation = "accept_invitation", Who::Program, None;
    /// Sign out, here or everywhere.
    SignOut = "sign_out", Who::SignedIn, None;
    /// Give the password again.
    StepUp = "step_up", Who::SignedIn, None;
    /// Change the own password.
    ChangePassword = "change_password", Who::SignedIn, None;
    /// Read the own account.
    ReadMe = "read_me", Who::SignedIn, None;
    /// Import a register.
    ImportRegister = "import_register", Who::Program, None;
    /// Run a report at the command line.
    RunReport = "run_report", Who::Program, None;
    /// Set up accounts at the command line or for the demonstration.
    SetUp = "set_up", Who::Program, None;
    /// Wrap data keys under the current master key.
    RotateKeys = "rotate_keys", Who::Program, None;
    /// Seal the audit's tail.
    SealAudit = "seal_audit", Who::Program, None;
    /// Delete what has served its time.
    KeepHouse = "keep_house", Who::Program, None;
    /// Fetch a calendar by its feed's address.
    ReadCalendar = "read_calendar", Who::Program, None;
    /// Read the own inbox, and mark it read.
    ReadNotifications = "read_notifications", Who::SignedIn, None;
    /// Choose what comes by e-mail.
    SetPreferences = "set_preferences", Who::SignedIn, None;
    /// Make, renew or revoke the own calendar feed.
    ManageCalendar = "manage_calendar", Who::Roles(MEETING), None;

    /// List MARACs.
    ListMaracs = "list_maracs", Who::SignedIn, None;
    /// Read a MARAC, its settings and its agencies.
    ReadMarac = "read_marac", Who::AdministratorOr(Role::ALL), None;
    /// Found a MARAC.
    CreateMarac = "create_marac", Who::Administrator, None;
    /// Change a MARAC's settings.
    ChangeMarac = "change_marac", Who::AdministratorOr(COORDINATOR), None;
    /// Take an agency into a MARAC, change its agreement, suspend it.
    SetMembership = "set_membership", Who::AdministratorOr(COORDINATOR), None;
    /// List agencies.
    ListAgencies = "list_agencies", Who::SignedIn, None;
    /// Read an agency.
    ReadAgency = "read_agency", Who::SignedIn, None;
    /// Register an agency.
    CreateAgency = "create_agency", Who::AdministratorOr(COORDINATOR), None;
    /// Change an agency.
    ChangeAgency = "change_agency", Who::AdministratorOr(COORDINATOR), None;
    /// List accounts: all, or the own agency's.
    ListUsers = "list_users", Who::AdministratorOr(LEADS), None;
    /// Read an account.
    ReadUser = "read_user", Who::AdministratorOr(LEADS), None;
    /// Invite somebody.
    InviteUser = "invite_user", Who::AdministratorOr(LEADS), None;
    /// Change an account's name or address.
    ChangeUser = "change_user", Who::AdministratorOr(LEADS), None;
    /// Disable or enable an account.
    DisableUser = "disable_user", Who::AdministratorOr(LEADS), None;
    /// Grant and end roles.
    GrantRoles = "grant_roles", Who::AdministratorOr(LEADS), None;
    /// Let somebody choose a new password by a link.
    ResetPassword = "reset_password", Who::AdministratorOr(COORDINATOR), None;
    /// See who stands in for whom.
    ReadCover = "read_cover", Who::AdministratorOr(COVERED), None;
    /// Name a representative's deputy.
    NameDeputy = "name_deputy", Who::AdministratorOr(COVERING), None;
    /// Record when somebody is away: oneself, or a colleague as their agency's lead.
    RecordAbsence = "record_absence", Who::SignedIn, None;
    /// Hand on what somebody who leaves still holds, and close their account.
    HandOver = "hand_over", Who::AdministratorOr(COVERING), None;
    /// List and read API clients and their actors.
    ReadClients = "read_clients", Who::AdministratorOr(LEADS), None;
    /// Register an API client, choose its rights, rotate its secret, disable it.
    ManageClients = "manage_clients", Who::AdministratorOr(LEADS), None;
    /// Register the people a client acts for.
    RegisterActors = "register_actors", Who::AdministratorOr(LEADS), None;
    /// Read the published risk tools.
    ReadRiskTools = "read_risk_tools", Who::SignedIn, None;

    /// Write a referral or its draft.
    CreateReferral = "create_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite);
    /// List referrals: the own, or a MARAC's inbox.
    ListReferrals = "list_referrals", Who::Roles(CASEWORK), Some(Right::ReferralsWrite);
    /// Read a referral.
    ReadReferral = "read_referral", Who::Roles(CASEWORK), Some(Right::ReferralsWrite);
    /// Change a draft or a returned referral.
    ChangeReferral = "change_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite);
    /// Submit it.
    SubmitReferral = "submit_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite);
    /// Take it back.
    WithdrawReferral = "withdraw_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite);
    /// Challenge a refusal (R3).
    ChallengeDecision = "challenge_decision", Who::Roles(REFERRERS), Some(Right::ReferralsWrite);
    /// Send it back with reasons.
    ReturnReferral = "return_referral", Who::Roles(COORDINATOR), None;
    /// Accept it: open a case or join one.
    AcceptReferral = "accept_referral", Who::Roles(STAFF), None;
    /// Decline it, as the named decider (R3).
    DeclineReferral = "decline_referral", Who::Roles(STAFF), None;
    /// See other files of the same pair.
    CheckRepeat = "check_repeat", Who::Roles(STAFF), None;
    /// Search people by name and date of birth.
    SearchPeople = "search_people", Who::Roles(STAFF), None;

    /// List cases.
    ListCases = "list_cases", Who::Roles(CASEWORK), Some(Right::CasesRead);
    /// Read a case file.
    ReadCase = "read_case", Who::Roles(CASEWORK), Some(Right::CasesRead);
    /// Allocate a case, close it, change its lead.
    ChangeCase = "change_case", Who::Roles(STAFF), None;
    /// Change identity, characteristics, addresses, contacts, relationships.
    ChangeParty = "change_party", Who::Roles(&[Idva, Coordinator]), None;
    /// Add a contact: an add-only act.
    AddContact = "add_contact", Who::Roles(CASEWORK), Some(Right::CasesWrite);
    /// Assess risk again.
    AssessRisk = "assess_risk", Who::Roles(&[Practitioner, Idva, Coordinator]), Some(Right::CasesWrite);
    /// Read the account.
    ReadAccount = "read_account", Who::Roles(CASEWORK), Some(Right::CasesRead);
    /// Add to the account, or supersede one's own entry: an add-only act.
    AddAccountEntry = "add_account_entry", Who::Roles(CASEWORK), Some(Right::CasesWrite);
    /// Read the questions on an account: the own agency's, or all as lead, coordinator or chair.
    ReadQuestions = "read_questions", Who::Roles(CASEWORK), Some(Right::CasesRead);
    /// Ask a question on the account, or take one's own agency's back: an add-only act.
    AskQuestion = "ask_question", Who::Roles(CASEWORK), Some(Right::CasesWrite);
    /// Answer questions, take them into the next contact or decline them, as the case's lead.
    AnswerQuestion = "answer_question", Who::Roles(CASEWORK), Some(Right::CasesWrite);
    /// Read what happened to a case, and when.
    ReadTimeline = "read_timeline", Who::Roles(CASEWORK), Some(Right::CasesRead);
    /// See who looked at a case.
    ReadAccessLog = "read_access_log", Who::Roles(&[Coordinator, Chair, Auditor]), None;
    /// List, set and end shares.
    ManageShares = "manage_shares", Who::Roles(STAFF), None;
    /// List, set and lift exclusions.
    ManageExclusions = "manage_exclusions", Who::Roles(STAFF), None;
    /// Restrict a case to named people.
    RestrictCase = "restrict_case", Who::Roles(STAFF), None;

    /// List meetings.
    ListMeetings = "list_meetings", Who::Roles(MEETING), Some(Right::MeetingsRead);
    /// Read a meeting.
    ReadMeeting = "read_meeting", Who::Roles(MEETING), Some(Right::MeetingsRead);
    /// Plan, move or cancel a meeting.
    PlanMeeting = "plan_meeting", Who::Roles(STAFF), None;
    /// Read an agenda.
    ReadAgenda = "read_agenda", Who::Roles(MEETING), Some(Right::MeetingsRead);
    /// Put cases on an agenda, order them, choose the agencies listed.
    ChangeAgenda = "change_agenda", Who::Roles(STAFF), None;
    /// Put a case on an agenda after circulation: the chair's word (R16).
    AddLateItem = "add_late_item", Who::Roles(CHAIR), None;
    /// Circulate the list: opens cases to the listed agencies.
    CirculateMeeting = "circulate_meeting", Who::Roles(COORDINATOR), None;
    /// Start and close a meeting.
    RunMeeting = "run_meeting", Who::Roles(STAFF), None;
    /// Record who came (R20).
    RecordAttendance = "record_attendance", Who::Roles(COORDINATOR), None;
    /// Mark a case heard or deferred (R22).
    DecideAgendaItem = "decide_agenda_item", Who::Roles(STAFF), None;

    /// Read minutes; a draft only as coordinator or chair.
    ReadMinutes = "read_minutes", Who::Roles(&[Idva, Representative, Coordinator, Chair]), Some(Right::MeetingsRead);
    /// Write minutes from what was recorded.
    DraftMinutes = "draft_minutes", Who::Roles(STAFF), None;
    /// Approve minutes: the chair's word (R24).
    ApproveMinutes = "approve_minutes", Who::Roles(CHAIR), None;
    /// Issue minutes.
    IssueMinutes = "issue_minutes", Who::Roles(STAFF), None;
    /// Correct minutes that were issued, by another version.
    CorrectMinutes = "correct_minutes", Who::Roles(STAFF), None;
    /// Count minutes issued in time, late and overdue (R25).
    ReadMinutesReport = "read_minutes_report", Who::Roles(COUNTS), None;
    /// Read the confidentiality statement of a MARAC or a meeting.
    ReadStatement = "read_statement", Who::Roles(ATTENDEES), None;
    /// Accept the statement of a meeting (R19).
    AcceptStatement = "accept_statement", Who::Roles(ATTENDEES), None;
    /// Word the statement of a MARAC anew.
    ChangeStatement = "change_statement", Who::Roles(COORDINATOR), None;
    /// Declare a conflict of interest at a meeting.
    DeclareConflict = "declare_conflict", Who::Roles(ATTENDEES), None;
    /// Read the conflicts declared at a meeting.
    ReadConflicts = "read_conflicts", Who::Roles(STAFF), None;
    /// Read what was recorded of a case at a meeting.
    ReadHearing = "read_hearing", Who::Roles(CASEWORK), Some(Right::MeetingsRead);
    /// Share the own agency's information at a meeting: an add-only act.
    ShareInformation = "share_information", Who::Roles(&[Practitioner, Idva, Representative, Coordinator]), None;
    /// Give the survivor's views at a meeting: an add-only act.
    GiveViews = "give_views", Who::Roles(&[Idva, Coordinator]), None;
    /// Record the analysis of risk, and safeguards considered.
    AnalyseRisk = "analyse_risk", Who::Roles(STAFF), None;
    /// Record a crime disclosed, with the survivor's wish about the police (R23).
    RecordCrime = "record_crime", Who::Roles(&[Idva, Coordinator, Chair]), None;
    /// Correct what was recorded at a meeting, with a reason.
    CorrectHearing = "correct_hearing", Who::Roles(STAFF), None;
    /// List what one's agency is asked to research.
    ListResearch = "list_research", Who::Roles(SPEAKERS), Some(Right::CasesRead);
    /// Read returns of research: one's agency's whole, others' as far as they are open.
    ReadResearch = "read_research", Who::Roles(&[Idva, Representative, Coordinator, Chair]), Some(Right::CasesRead);
    /// Return one's agency's research, or change it before the meeting.
    ReturnResearch = "return_research", Who::Roles(SPEAKERS), Some(Right::CasesWrite);
    /// Excuse an agency from a return, or ask for it again.
    ExcuseResearch = "excuse_research", Who::Roles(COORDINATOR), None;
    /// Count the returns of a meeting.
    CountResearch = "count_research", Who::Roles(STAFF), None;

    /// List actions.
    ListActions = "list_actions", Who::Roles(OWNERS), Some(Right::ActionsRead);
    /// Read an action and its history.
    ReadAction = "read_action", Who::Roles(OWNERS), Some(Right::ActionsRead);
    /// Agree an action.
    AgreeAction = "agree_action", Who::Roles(STAFF), None;
    /// Report on one's agency's action (R27).
    ReportAction = "report_action", Who::Roles(OWNERS), Some(Right::ActionsReport);
    /// Re-assign, re-schedule or re-open an action, with a reason.
    ChangeAction = "change_action", Who::Roles(STAFF), None;
    /// Accept, supersede or cancel: the chair's word.
    ResolveAction = "resolve_action", Who::Roles(CHAIR), None;

    /// Read a MARAC's standard actions.
    ReadStandardActions = "read_standard_actions", Who::Roles(CASEWORK), Some(Right::ActionsRead);
    /// Set a MARAC's standard actions.
    ChangeStandardActions = "change_standard_actions", Who::Roles(STAFF), None;
    /// Chase what is overdue.
    EscalateActions = "escalate_actions", Who::Program, None;

    /// List flags and read one.
    ListFlags = "list_flags", Who::Roles(CASEWORK), Some(Right::ActionsRead);
    /// Say what has become of one's agency's flag (R15).
    ConfirmFlag = "confirm_flag", Who::Roles(&[Idva, Representative, Coordinator]), Some(Right::ActionsReport);
    /// List cases past twelve months (R14).
    ListLapses = "list_lapses", Who::Roles(STAFF), None;
    /// Let a case lapse, or keep it.
    LapseCase = "lapse_case", Who::Roles(STAFF), None;
    /// Find cases past twelve months.
    FindLapsing = "find_lapsing", Who::Program, None;

    /// Read who has a case as IDVA, and their contacts with the survivor.
    ReadIdva = "read_idva", Who::Roles(&[Idva, Coordinator, Chair]), None;
    /// Allocate a case to an IDVA service, or end that.
    AllocateIdva = "allocate_idva", Who::Roles(STAFF), None;
    /// Name the IDVA, record whether the survivor engages.
    ChangeIdvaAllocation = "change_idva_allocation", Who::Roles(&[Idva, Coordinator]), None;
    /// Record a contact with the survivor: an add-only act.
    RecordIdvaContact = "record_idva_contact", Who::Roles(&[Idva]), None;
    /// Find survivors whom nobody has tried in time.
    FindLateContacts = "find_late_contacts", Who::Program, None;
    /// Open the cases of a list that is out which whoever sent it could not see.
    OpenListings = "open_listings", Who::Program, None;

    /// Read counts of actions.
    ReadActionReport = "read_action_report", Who::Roles(COUNTS), None;
    /// Read the audit.
    ReadAudit = "read_audit", Who::Roles(&[Coordinator, Chair, Auditor]), None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_role_can_do_something() {
        let names: std::collections::HashSet<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        assert_eq!(names.len(), Act::ALL.len());
        for role in Role::ALL {
            let can = Act::ALL.iter().any(|act| match act.who() {
                Who::Roles(roles) | Who::AdministratorOr(roles) => roles.contains(role),
                _ => false,
            });
            assert!(can, "{role:?}");
        }
    }

    #[test]
    fn the_administrator_reaches_no_case() {
        for act in Act::ALL {
            if let Who::Administrator | Who::AdministratorOr(_) = act.who() {
                assert_eq!(act.right(), None, "{act:?}");
            }
        }
    }
}

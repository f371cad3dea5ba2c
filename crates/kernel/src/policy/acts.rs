//! Every act there is, who may do it, which right an API client needs for it, and whether it asks for
//! the password again.

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

/// What an act asks for, beside a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing more.
    Nothing,
    /// That the password was given in this session within the last five minutes (design 3.7).
    Password,
}

use Asks::{Nothing, Password};
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
    ($($(#[$meta:meta])* $name:ident = $text:literal, $who:expr, $right:expr, $asks:expr;)+) => {
        /// One variant per thing a person can do. A new one does not compile until its line below
        /// says who may, and whether it asks for the password again.
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
            /// Whether it asks for the password again.
            pub const fn asks(self) -> Asks { match self { $(Self::$name => $asks),+ } }
        }
    };
}

acts! {
    /// Sign in with a password, or try to.
    SignIn = "sign_in", Who::Program, None, Nothing;
    /// Exchange a refresh token.
    RefreshSession = "refresh_session", Who::Program, None, Nothing;
    /// Issue a client's access token.
    IssueClientToken = "issue_client_token", Who::Program, None, Nothing;
    /// Take up an invitation.
    AcceptInvitation = "accept_invitation", Who::Program, None, Nothing;
    /// Sign out, here or everywhere.
    SignOut = "sign_out", Who::SignedIn, None, Nothing;
    /// Give the password again.
    StepUp = "step_up", Who::SignedIn, None, Nothing;
    /// List the own sessions.
    ReadSessions = "read_sessions", Who::SignedIn, None, Nothing;
    /// End one of the own sessions.
    EndSession = "end_session", Who::SignedIn, None, Nothing;
    /// Change the own password. The request itself holds the present one.
    ChangePassword = "change_password", Who::SignedIn, None, Nothing;
    /// Confirm a new address of the own account.
    ConfirmAddress = "confirm_address", Who::SignedIn, None, Password;
    /// Read the own account.
    ReadMe = "read_me", Who::SignedIn, None, Nothing;
    /// Import a register.
    ImportRegister = "import_register", Who::Program, None, Nothing;
    /// Run a report at the command line.
    RunReport = "run_report", Who::Program, None, Nothing;
    /// Set up accounts at the command line or for the demonstration.
    SetUp = "set_up", Who::Program, None, Nothing;
    /// Wrap data keys under the current master key.
    RotateKeys = "rotate_keys", Who::Program, None, Nothing;
    /// Seal the audit's tail.
    SealAudit = "seal_audit", Who::Program, None, Nothing;
    /// Vouch for what was sealed before heads were signed.
    AdoptAudit = "adopt_audit", Who::Program, None, Nothing;
    /// Delete what has served its time.
    KeepHouse = "keep_house", Who::Program, None, Nothing;
    /// Fetch a calendar by its feed's address.
    ReadCalendar = "read_calendar", Who::Program, None, Nothing;
    /// Read the own inbox, and mark it read.
    ReadNotifications = "read_notifications", Who::SignedIn, None, Nothing;
    /// Choose what comes by e-mail.
    SetPreferences = "set_preferences", Who::SignedIn, None, Nothing;
    /// Make the own calendar feed, or renew its address: whoever has the address reads without signing in.
    ManageCalendar = "manage_calendar", Who::Roles(MEETING), None, Password;
    /// Revoke the own calendar feed.
    RevokeCalendar = "revoke_calendar", Who::Roles(MEETING), None, Nothing;

    /// List MARACs.
    ListMaracs = "list_maracs", Who::SignedIn, None, Nothing;
    /// Read a MARAC, its settings and its agencies.
    ReadMarac = "read_marac", Who::AdministratorOr(Role::ALL), None, Nothing;
    /// Found a MARAC.
    CreateMarac = "create_marac", Who::Administrator, None, Nothing;
    /// Change a MARAC's settings.
    ChangeMarac = "change_marac", Who::AdministratorOr(COORDINATOR), None, Nothing;
    /// Take an agency into a MARAC, change its agreement, suspend it.
    SetMembership = "set_membership", Who::AdministratorOr(COORDINATOR), None, Password;
    /// List agencies.
    ListAgencies = "list_agencies", Who::SignedIn, None, Nothing;
    /// Read an agency.
    ReadAgency = "read_agency", Who::SignedIn, None, Nothing;
    /// Register an agency.
    CreateAgency = "create_agency", Who::AdministratorOr(COORDINATOR), None, Nothing;
    /// Change an agency, or close it: what it is decides which roles its people may hold.
    ChangeAgency = "change_agency", Who::AdministratorOr(COORDINATOR), None, Password;
    /// List accounts: all, or the own agency's.
    ListUsers = "list_users", Who::AdministratorOr(LEADS), None, Nothing;
    /// Read an account.
    ReadUser = "read_user", Who::AdministratorOr(LEADS), None, Nothing;
    /// Invite somebody.
    InviteUser = "invite_user", Who::AdministratorOr(LEADS), None, Password;
    /// Change an account's name or address.
    ChangeUser = "change_user", Who::AdministratorOr(LEADS), None, Password;
    /// Disable or enable an account.
    DisableUser = "disable_user", Who::AdministratorOr(LEADS), None, Password;
    /// Grant and end roles.
    GrantRoles = "grant_roles", Who::AdministratorOr(LEADS), None, Password;
    /// See the grants that wait for a second person: those one may decide on or asked for.
    ListPendingGrants = "list_pending_grants", Who::SignedIn, None, Nothing;
    /// Confirm or refuse a grant that waits, as a second person.
    ConfirmGrant = "confirm_grant", Who::SignedIn, None, Password;
    /// Let somebody choose a new password by a link.
    ResetPassword = "reset_password", Who::AdministratorOr(COORDINATOR), None, Password;
    /// See who stands in for whom.
    ReadCover = "read_cover", Who::AdministratorOr(COVERED), None, Nothing;
    /// Name a representative's deputy.
    NameDeputy = "name_deputy", Who::AdministratorOr(COVERING), None, Nothing;
    /// Record when somebody is away: oneself, or a colleague as their agency's lead.
    RecordAbsence = "record_absence", Who::SignedIn, None, Nothing;
    /// Count what somebody who leaves still holds.
    ReadDuties = "read_duties", Who::AdministratorOr(COVERING), None, Nothing;
    /// Hand on what somebody who leaves still holds, and close their account.
    HandOver = "hand_over", Who::AdministratorOr(COVERING), None, Password;
    /// List and read API clients and their actors.
    ReadClients = "read_clients", Who::AdministratorOr(LEADS), None, Nothing;
    /// Register an API client, choose its rights, rotate its secret, disable it.
    ManageClients = "manage_clients", Who::AdministratorOr(LEADS), None, Password;
    /// Register the people a client acts for.
    RegisterActors = "register_actors", Who::AdministratorOr(LEADS), None, Password;
    /// Read the published risk tools.
    ReadRiskTools = "read_risk_tools", Who::SignedIn, None, Nothing;

    /// Write a referral or its draft.
    CreateReferral = "create_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite), Nothing;
    /// List referrals: the own, or a MARAC's inbox.
    ListReferrals = "list_referrals", Who::Roles(CASEWORK), Some(Right::ReferralsWrite), Nothing;
    /// Read a referral.
    ReadReferral = "read_referral", Who::Roles(CASEWORK), Some(Right::ReferralsWrite), Nothing;
    /// Change a draft or a returned referral.
    ChangeReferral = "change_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite), Nothing;
    /// Submit it.
    SubmitReferral = "submit_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite), Nothing;
    /// Take it back.
    WithdrawReferral = "withdraw_referral", Who::Roles(REFERRERS), Some(Right::ReferralsWrite), Nothing;
    /// Challenge a refusal (R3).
    ChallengeDecision = "challenge_decision", Who::Roles(REFERRERS), Some(Right::ReferralsWrite), Nothing;
    /// Send it back with reasons.
    ReturnReferral = "return_referral", Who::Roles(COORDINATOR), None, Nothing;
    /// Accept it: open a case or join one.
    AcceptReferral = "accept_referral", Who::Roles(STAFF), None, Nothing;
    /// Take a joined referral out of its case again.
    UnjoinReferral = "unjoin_referral", Who::Roles(COORDINATOR), None, Password;
    /// Read which referrals were joined to a case, and why.
    ReadJoins = "read_joins", Who::Roles(STAFF), None, Nothing;
    /// Decline it, as the named decider (R3).
    DeclineReferral = "decline_referral", Who::Roles(STAFF), None, Nothing;
    /// See other files of the same pair.
    CheckRepeat = "check_repeat", Who::Roles(STAFF), None, Nothing;
    /// Search people by name and date of birth.
    SearchPeople = "search_people", Who::Roles(STAFF), None, Nothing;

    /// List cases.
    ListCases = "list_cases", Who::Roles(CASEWORK), Some(Right::CasesRead), Nothing;
    /// Read a case file.
    ReadCase = "read_case", Who::Roles(CASEWORK), Some(Right::CasesRead), Nothing;
    /// Allocate a case, close it, change its lead.
    ChangeCase = "change_case", Who::Roles(STAFF), None, Nothing;
    /// Change identity, characteristics, addresses, contacts, relationships.
    ChangeParty = "change_party", Who::Roles(&[Idva, Coordinator]), None, Nothing;
    /// Make an address or a contact less guarded: recorded beside the change that does it.
    LowerGuard = "lower_guard", Who::Roles(&[Idva, Coordinator]), None, Nothing;
    /// Decide where a joined referral's names and dates differ from what is recorded.
    DecideDifference = "decide_difference", Who::Roles(COORDINATOR), None, Nothing;
    /// Add a contact: an add-only act.
    AddContact = "add_contact", Who::Roles(CASEWORK), Some(Right::CasesWrite), Nothing;
    /// Assess risk again.
    AssessRisk = "assess_risk", Who::Roles(&[Practitioner, Idva, Coordinator]), Some(Right::CasesWrite), Nothing;
    /// Read the account.
    ReadAccount = "read_account", Who::Roles(CASEWORK), Some(Right::CasesRead), Nothing;
    /// Add to the account, or supersede one's own entry: an add-only act.
    AddAccountEntry = "add_account_entry", Who::Roles(CASEWORK), Some(Right::CasesWrite), Nothing;
    /// Read the questions on an account: the own agency's, or all as lead, coordinator or chair.
    ReadQuestions = "read_questions", Who::Roles(CASEWORK), Some(Right::CasesRead), Nothing;
    /// Ask a question on the account, or take one's own agency's back: an add-only act.
    AskQuestion = "ask_question", Who::Roles(CASEWORK), Some(Right::CasesWrite), Nothing;
    /// Answer questions, take them into the next contact or decline them, as the case's lead.
    AnswerQuestion = "answer_question", Who::Roles(CASEWORK), Some(Right::CasesWrite), Nothing;
    /// Read what happened to a case, and when.
    ReadTimeline = "read_timeline", Who::Roles(CASEWORK), Some(Right::CasesRead), Nothing;
    /// See who looked at a case.
    ReadAccessLog = "read_access_log", Who::Roles(&[Coordinator, Chair, Auditor]), None, Nothing;
    /// List, set and end shares.
    ManageShares = "manage_shares", Who::Roles(STAFF), None, Nothing;
    /// List exclusions.
    ReadExclusions = "read_exclusions", Who::Roles(STAFF), None, Nothing;
    /// Exclude somebody from a case, or lift an exclusion.
    ManageExclusions = "manage_exclusions", Who::Roles(STAFF), None, Password;
    /// See whom a restricted case is open to.
    ReadRestriction = "read_restriction", Who::Roles(STAFF), None, Nothing;
    /// Restrict a case to named people, or lift the restriction.
    RestrictCase = "restrict_case", Who::Roles(STAFF), None, Password;

    /// List meetings.
    ListMeetings = "list_meetings", Who::Roles(MEETING), Some(Right::MeetingsRead), Nothing;
    /// Read a meeting.
    ReadMeeting = "read_meeting", Who::Roles(MEETING), Some(Right::MeetingsRead), Nothing;
    /// Plan, move or cancel a meeting.
    PlanMeeting = "plan_meeting", Who::Roles(STAFF), None, Nothing;
    /// Read an agenda.
    ReadAgenda = "read_agenda", Who::Roles(MEETING), Some(Right::MeetingsRead), Nothing;
    /// Put cases on an agenda, order them, choose the agencies listed.
    ChangeAgenda = "change_agenda", Who::Roles(STAFF), None, Nothing;
    /// Put a case on an agenda after circulation: the chair's word (R16).
    AddLateItem = "add_late_item", Who::Roles(CHAIR), None, Nothing;
    /// Circulate the list: opens cases to the listed agencies.
    CirculateMeeting = "circulate_meeting", Who::Roles(COORDINATOR), None, Nothing;
    /// Start and close a meeting.
    RunMeeting = "run_meeting", Who::Roles(STAFF), None, Nothing;
    /// Record who came (R20).
    RecordAttendance = "record_attendance", Who::Roles(COORDINATOR), None, Nothing;
    /// Mark a case heard or deferred (R22).
    DecideAgendaItem = "decide_agenda_item", Who::Roles(STAFF), None, Nothing;

    /// Read minutes; a draft only as coordinator or chair.
    ReadMinutes = "read_minutes", Who::Roles(&[Idva, Representative, Coordinator, Chair]), Some(Right::MeetingsRead), Nothing;
    /// Write minutes from what was recorded.
    DraftMinutes = "draft_minutes", Who::Roles(STAFF), None, Nothing;
    /// Approve minutes: the chair's word (R24).
    ApproveMinutes = "approve_minutes", Who::Roles(CHAIR), None, Nothing;
    /// Issue minutes.
    IssueMinutes = "issue_minutes", Who::Roles(STAFF), None, Nothing;
    /// Correct minutes that were issued, by another version.
    CorrectMinutes = "correct_minutes", Who::Roles(STAFF), None, Nothing;
    /// Count minutes issued in time, late and overdue (R25).
    ReadMinutesReport = "read_minutes_report", Who::Roles(COUNTS), None, Nothing;
    /// Read the confidentiality statement of a MARAC or a meeting.
    ReadStatement = "read_statement", Who::Roles(ATTENDEES), None, Nothing;
    /// Accept the statement of a meeting (R19).
    AcceptStatement = "accept_statement", Who::Roles(ATTENDEES), None, Nothing;
    /// Word the statement of a MARAC anew.
    ChangeStatement = "change_statement", Who::Roles(COORDINATOR), None, Nothing;
    /// Declare a conflict of interest at a meeting.
    DeclareConflict = "declare_conflict", Who::Roles(ATTENDEES), None, Nothing;
    /// Read the conflicts declared at a meeting.
    ReadConflicts = "read_conflicts", Who::Roles(STAFF), None, Nothing;
    /// Read what was recorded of a case at a meeting.
    ReadHearing = "read_hearing", Who::Roles(CASEWORK), Some(Right::MeetingsRead), Nothing;
    /// Share the own agency's information at a meeting: an add-only act.
    ShareInformation = "share_information", Who::Roles(&[Practitioner, Idva, Representative, Coordinator]), None, Nothing;
    /// Give the survivor's views at a meeting: an add-only act.
    GiveViews = "give_views", Who::Roles(&[Idva, Coordinator]), None, Nothing;
    /// Record the analysis of risk, and safeguards considered.
    AnalyseRisk = "analyse_risk", Who::Roles(STAFF), None, Nothing;
    /// Record a crime disclosed, with the survivor's wish about the police (R23).
    RecordCrime = "record_crime", Who::Roles(&[Idva, Coordinator, Chair]), None, Nothing;
    /// Correct what was recorded at a meeting, with a reason.
    CorrectHearing = "correct_hearing", Who::Roles(STAFF), None, Nothing;
    /// List what one's agency is asked to research.
    ListResearch = "list_research", Who::Roles(SPEAKERS), Some(Right::CasesRead), Nothing;
    /// Read returns of research: one's agency's whole, others' as far as they are open.
    ReadResearch = "read_research", Who::Roles(&[Idva, Representative, Coordinator, Chair]), Some(Right::CasesRead), Nothing;
    /// Return one's agency's research, or change it before the meeting.
    ReturnResearch = "return_research", Who::Roles(SPEAKERS), Some(Right::CasesWrite), Nothing;
    /// Excuse an agency from a return, or ask for it again.
    ExcuseResearch = "excuse_research", Who::Roles(COORDINATOR), None, Nothing;
    /// Count the returns of a meeting.
    CountResearch = "count_research", Who::Roles(STAFF), None, Nothing;

    /// List actions.
    ListActions = "list_actions", Who::Roles(OWNERS), Some(Right::ActionsRead), Nothing;
    /// Read an action and its history.
    ReadAction = "read_action", Who::Roles(OWNERS), Some(Right::ActionsRead), Nothing;
    /// Agree an action.
    AgreeAction = "agree_action", Who::Roles(STAFF), None, Nothing;
    /// Report on one's agency's action (R27).
    ReportAction = "report_action", Who::Roles(OWNERS), Some(Right::ActionsReport), Nothing;
    /// Re-assign, re-schedule or re-open an action, with a reason.
    ChangeAction = "change_action", Who::Roles(STAFF), None, Nothing;
    /// Accept, supersede or cancel: the chair's word.
    ResolveAction = "resolve_action", Who::Roles(CHAIR), None, Nothing;

    /// Read a MARAC's standard actions.
    ReadStandardActions = "read_standard_actions", Who::Roles(CASEWORK), Some(Right::ActionsRead), Nothing;
    /// Set a MARAC's standard actions.
    ChangeStandardActions = "change_standard_actions", Who::Roles(STAFF), None, Nothing;
    /// Chase what is overdue.
    EscalateActions = "escalate_actions", Who::Program, None, Nothing;

    /// List flags and read one.
    ListFlags = "list_flags", Who::Roles(CASEWORK), Some(Right::ActionsRead), Nothing;
    /// Say what has become of one's agency's flag (R15).
    ConfirmFlag = "confirm_flag", Who::Roles(&[Idva, Representative, Coordinator]), Some(Right::ActionsReport), Nothing;
    /// List cases past twelve months (R14).
    ListLapses = "list_lapses", Who::Roles(STAFF), None, Nothing;
    /// Let a case lapse, or keep it.
    LapseCase = "lapse_case", Who::Roles(STAFF), None, Nothing;
    /// Find cases past twelve months.
    FindLapsing = "find_lapsing", Who::Program, None, Nothing;

    /// Read who has a case as IDVA, and their contacts with the survivor.
    ReadIdva = "read_idva", Who::Roles(&[Idva, Coordinator, Chair]), None, Nothing;
    /// Allocate a case to an IDVA service, or end that.
    AllocateIdva = "allocate_idva", Who::Roles(STAFF), None, Nothing;
    /// Name the IDVA, record whether the survivor engages.
    ChangeIdvaAllocation = "change_idva_allocation", Who::Roles(&[Idva, Coordinator]), None, Nothing;
    /// Record a contact with the survivor: an add-only act.
    RecordIdvaContact = "record_idva_contact", Who::Roles(&[Idva]), None, Nothing;
    /// Find survivors whom nobody has tried in time.
    FindLateContacts = "find_late_contacts", Who::Program, None, Nothing;
    /// Work out anew what the risk assessments of cases come to.
    RecountRisk = "recount_risk", Who::Program, None, Nothing;
    /// Open the cases of a list that is out which whoever sent it could not see.
    OpenListings = "open_listings", Who::Program, None, Nothing;

    /// Read counts of actions.
    ReadActionReport = "read_action_report", Who::Roles(COUNTS), None, Nothing;
    /// Read the audit.
    ReadAudit = "read_audit", Who::Roles(&[Coordinator, Chair, Auditor]), None, Nothing;
    /// Make tokens of names anew that an older version made.
    RenewTokens = "renew_tokens", Who::Program, None, Nothing;
    /// See which parts of which cases cannot be read.
    ListDamagedParts = "list_damaged_parts", Who::Roles(COORDINATOR), None, Nothing;
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
    fn what_asks_for_the_password_is_done_by_people_alone() {
        for act in Act::ALL {
            if act.asks() == Asks::Password {
                assert_eq!(act.right(), None, "a client has no password: {act:?}");
                assert_ne!(act.who(), Who::Program, "{act:?}");
            }
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

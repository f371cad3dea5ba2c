//! The tables, generated from the migrations by `diesel print-schema`; never edited.
#![allow(missing_docs)]


pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "xid8", schema = "pg_catalog"))]
    pub struct Xid8;
}

diesel::table! {
    absences (id) {
        id -> Uuid,
        user_id -> Uuid,
        from_on -> Date,
        until_on -> Date,
        recorded_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    account_entries (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        heading -> Text,
        sharing -> Text,
        told_on -> Date,
        how_told -> Text,
        author_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        agency_id -> Uuid,
        supersedes_id -> Nullable<Uuid>,
        superseded_by_id -> Nullable<Uuid>,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    action_changes (id) {
        txid -> Xid8,
        id -> Int8,
        action_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agency_id -> Uuid,
        announced -> Bool,
    }
}

diesel::table! {
    action_escalations (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        action_id -> Uuid,
        step -> Text,
        status -> Text,
        due_on -> Date,
        owner_agency_id -> Uuid,
        taken_on -> Date,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    action_events (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        action_id -> Uuid,
        kind -> Text,
        status -> Text,
        due_on -> Date,
        owner_agency_id -> Uuid,
        effective_on -> Date,
        by_user_id -> Nullable<Uuid>,
        by_actor_id -> Nullable<Uuid>,
        by_agency_id -> Nullable<Uuid>,
        sealed -> Nullable<Bytea>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    actions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        meeting_id -> Nullable<Uuid>,
        agenda_item_id -> Nullable<Uuid>,
        owner_agency_id -> Uuid,
        owner_user_id -> Nullable<Uuid>,
        target -> Text,
        category -> Text,
        priority -> Text,
        due_on -> Date,
        agreed_on -> Date,
        status -> Text,
        status_at -> Timestamptz,
        resolved -> Bool,
        superseded_by_id -> Nullable<Uuid>,
        needs -> Array<Nullable<Text>>,
        carried_over -> Int2,
        escalation -> Text,
        escalated_on -> Nullable<Date>,
        reminders -> Int2,
        reminded_on -> Nullable<Date>,
        gaps -> Array<Nullable<Text>>,
        standard_code -> Nullable<Text>,
        standard_version -> Nullable<Int4>,
        sealed -> Bytea,
        created_by -> Nullable<Uuid>,
        external_ref -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    address_changes (id) {
        id -> Uuid,
        user_id -> Uuid,
        email -> Text,
        token_hash -> Nullable<Bytea>,
        asked_by -> Nullable<Uuid>,
        expires_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    agencies (id) {
        id -> Uuid,
        name -> Text,
        kind -> Text,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    agenda_items (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        meeting_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        kind -> Text,
        session -> Int2,
        position -> Int4,
        placed_by_hand -> Bool,
        slot_minutes -> Int2,
        has_children -> Bool,
        late -> Bool,
        status -> Text,
        deferred_to_id -> Nullable<Uuid>,
        deferred_until -> Nullable<Date>,
        outcome -> Nullable<Bytea>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    agenda_listings (agenda_item_id, agency_id) {
        agenda_item_id -> Uuid,
        agency_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
    }
}

diesel::table! {
    agenda_sessions (meeting_id, number) {
        meeting_id -> Uuid,
        number -> Int2,
        marac_id -> Uuid,
        heading -> Nullable<Text>,
        starts_at -> Timestamptz,
    }
}

diesel::table! {
    api_clients (id) {
        id -> Uuid,
        agency_id -> Uuid,
        name -> Text,
        secret_hash -> Bytea,
        secret_version -> Int4,
        rights -> Array<Nullable<Text>>,
        created_by -> Uuid,
        disabled_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    applied_functions (number) {
        number -> Int8,
        digest -> Bytea,
        program -> Text,
        applied_at -> Timestamptz,
    }
}

diesel::table! {
    attendance_items (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agenda_item_id -> Uuid,
        attendance_id -> Uuid,
        bound -> Bool,
        joined_at -> Nullable<Timestamptz>,
        left_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    attendances (id) {
        id -> Uuid,
        marac_id -> Uuid,
        meeting_id -> Uuid,
        agency_id -> Uuid,
        user_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        person_name -> Nullable<Text>,
        role -> Text,
        presence -> Text,
        information_sent -> Bool,
        received_on -> Nullable<Date>,
        confidentiality_accepted_at -> Nullable<Timestamptz>,
        confidentiality_version -> Nullable<Int4>,
        confidentiality_recorded_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_adoptions (last_seq) {
        last_seq -> Int8,
        hash -> Bytea,
        adopted_at -> Timestamptz,
        key_id -> Text,
        signature -> Bytea,
    }
}

diesel::table! {
    audit_chain (seq) {
        seq -> Int8,
        event_id -> Uuid,
        hash -> Bytea,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    audit_events (id) {
        id -> Uuid,
        txid -> Xid8,
        at -> Timestamptz,
        act -> Text,
        outcome -> Text,
        principal -> Text,
        user_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        agency_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        marac_id -> Nullable<Uuid>,
        case_id -> Nullable<Uuid>,
        subject -> Nullable<Text>,
        subject_id -> Nullable<Uuid>,
        fields -> Array<Nullable<Text>>,
        rows_seen -> Nullable<Int4>,
        detail -> Nullable<Bytea>,
        request_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    audit_heads (last_seq) {
        last_seq -> Int8,
        last_txid -> Xid8,
        last_event_id -> Uuid,
        hash -> Bytea,
        sealed_at -> Timestamptz,
        key_id -> Nullable<Text>,
        signature -> Nullable<Bytea>,
    }
}

diesel::table! {
    calendar_feeds (user_id) {
        user_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    cases (id) {
        id -> Uuid,
        marac_id -> Uuid,
        code -> Text,
        status -> Text,
        received_at -> Nullable<Timestamptz>,
        opened_at -> Nullable<Timestamptz>,
        last_referral_on -> Nullable<Date>,
        lapses_on -> Nullable<Date>,
        score -> Nullable<Int2>,
        risk_due -> Bool,
        criteria -> Array<Nullable<Text>>,
        has_children -> Bool,
        lead_user_id -> Nullable<Uuid>,
        lead_agency_id -> Nullable<Uuid>,
        restricted -> Bool,
        closed_at -> Nullable<Timestamptz>,
        closed_because -> Nullable<Text>,
        closing -> Nullable<Bytea>,
        tokens_version -> Int2,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    circle (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        basis -> Text,
        user_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        agency_id -> Nullable<Uuid>,
        as_lead -> Bool,
        restriction_id -> Nullable<Uuid>,
        meeting_id -> Nullable<Uuid>,
        opens_at -> Timestamptz,
        full_at -> Timestamptz,
        ends_at -> Timestamptz,
        paused -> Bool,
        reason -> Nullable<Bytea>,
        created_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    confidentiality_statements (marac_id, version) {
        marac_id -> Uuid,
        version -> Int4,
        text -> Text,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    conflicts_of_interest (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agenda_item_id -> Uuid,
        exclusion_id -> Uuid,
        declared_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    damaged_meeting_parts (id) {
        id -> Uuid,
        marac_id -> Uuid,
        meeting_id -> Uuid,
        part -> Text,
        field -> Text,
        row_id -> Uuid,
        digest -> Text,
        found_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    damaged_parts (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        part -> Text,
        field -> Text,
        row_id -> Uuid,
        digest -> Nullable<Text>,
        was -> Nullable<Text>,
        found_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    data_keys (case_id) {
        case_id -> Uuid,
        marac_id -> Uuid,
        master_key_id -> Text,
        wrapped -> Nullable<Bytea>,
        destroyed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    entry_openings (entry_id, question_id) {
        entry_id -> Uuid,
        question_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agency_id -> Uuid,
        circle_id -> Uuid,
        opened_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    exclusions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        agency_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        exempt_user_id -> Nullable<Uuid>,
        reason -> Nullable<Bytea>,
        set_by -> Nullable<Uuid>,
        origin_id -> Nullable<Uuid>,
        root_id -> Nullable<Uuid>,
        laid_by -> Nullable<Text>,
        ends_at -> Timestamptz,
        lifted_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    failed_sign_ins (hour, act, subject) {
        hour -> Timestamptz,
        act -> Text,
        subject -> Uuid,
        failures -> Int4,
        recorded -> Int4,
    }
}

diesel::table! {
    flag_events (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        flag_id -> Uuid,
        agency_id -> Uuid,
        kind -> Text,
        expires_on -> Date,
        by_user_id -> Nullable<Uuid>,
        by_actor_id -> Nullable<Uuid>,
        by_agency_id -> Nullable<Uuid>,
        sealed -> Nullable<Bytea>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    flags (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agency_id -> Uuid,
        status -> Text,
        asked_on -> Date,
        due_on -> Date,
        expires_on -> Date,
        confirmed_on -> Nullable<Date>,
        confirmed_until -> Nullable<Date>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    guesses (kind, subject) {
        kind -> Text,
        subject -> Bytea,
        level -> Float8,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    hearing_entries (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agenda_item_id -> Uuid,
        kind -> Text,
        sharing -> Text,
        nature -> Nullable<Text>,
        factor -> Nullable<Text>,
        safeguard -> Nullable<Text>,
        decision -> Nullable<Text>,
        police_wish -> Nullable<Text>,
        agency_id -> Uuid,
        author_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        supersedes_id -> Nullable<Uuid>,
        superseded_by_id -> Nullable<Uuid>,
        struck -> Bool,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (principal_id, operation, key) {
        principal_id -> Uuid,
        operation -> Text,
        key -> Text,
        digest -> Bytea,
        status -> Int2,
        resource_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    identity_differences (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        party_id -> Uuid,
        referral_id -> Uuid,
        sealed -> Bytea,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        taken_over -> Bool,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idva_allocations (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        agency_id -> Uuid,
        user_id -> Nullable<Uuid>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        engagement -> Text,
        engagement_on -> Nullable<Date>,
        contact_due_at -> Timestamptz,
        contacted_at -> Nullable<Timestamptz>,
        reminded_at -> Nullable<Timestamptz>,
        sealed -> Nullable<Bytea>,
        created_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idva_contacts (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        allocation_id -> Uuid,
        agency_id -> Uuid,
        purpose -> Text,
        channel -> Text,
        contact_id -> Nullable<Uuid>,
        marked_safe -> Bool,
        result -> Text,
        tried_at -> Timestamptz,
        meeting_id -> Nullable<Uuid>,
        by_user_id -> Nullable<Uuid>,
        by_actor_id -> Nullable<Uuid>,
        sealed -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    installation (only_row) {
        only_row -> Bool,
        demonstration -> Bool,
        key_check -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        user_id -> Uuid,
        token_hash -> Bytea,
        created_by -> Nullable<Uuid>,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (name) {
        name -> Text,
        next_at -> Timestamptz,
        taken_at -> Nullable<Timestamptz>,
        done_at -> Nullable<Timestamptz>,
        failures -> Int4,
    }
}

diesel::table! {
    known_networks (user_id, network) {
        user_id -> Uuid,
        network -> Bytea,
        first_at -> Timestamptz,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    lapse_notices (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        lapses_on -> Date,
        status -> Text,
        kept_until -> Nullable<Date>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        decision -> Nullable<Bytea>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    marac_agencies (marac_id, agency_id) {
        marac_id -> Uuid,
        agency_id -> Uuid,
        core -> Bool,
        agreement_signed_on -> Nullable<Date>,
        agreement_signatory -> Nullable<Text>,
        agreement_review_on -> Nullable<Date>,
        access_ends_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        suspended_by -> Nullable<Uuid>,
        suspension_reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    maracs (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        local_authority_codes -> Array<Nullable<Text>>,
        police_force_area -> Nullable<Text>,
        adult_female_population -> Nullable<Int4>,
        adult_female_population_year -> Nullable<Int4>,
        time_zone -> Text,
        settings -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    match_tokens (case_id, kind, token) {
        marac_id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        token -> Bytea,
        version -> Int2,
    }
}

diesel::table! {
    meeting_keys (meeting_id) {
        meeting_id -> Uuid,
        marac_id -> Uuid,
        master_key_id -> Text,
        wrapped -> Nullable<Bytea>,
        destroyed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    meetings (id) {
        id -> Uuid,
        marac_id -> Uuid,
        kind -> Text,
        starts_at -> Timestamptz,
        time_zone -> Text,
        mode -> Text,
        place -> Nullable<Text>,
        status -> Text,
        minutes_per_case -> Int2,
        capacity -> Int2,
        circulated_at -> Nullable<Timestamptz>,
        started_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        settings_version -> Int4,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    minutes_parts (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        meeting_id -> Uuid,
        version_id -> Uuid,
        position -> Int4,
        sealed -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    minutes_versions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        meeting_id -> Uuid,
        number -> Int4,
        status -> Text,
        due_on -> Date,
        frame -> Nullable<Bytea>,
        drafted_by -> Nullable<Uuid>,
        drafted_at -> Timestamptz,
        approved_by -> Nullable<Uuid>,
        approved_at -> Nullable<Timestamptz>,
        issued_by -> Nullable<Uuid>,
        issued_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notification_preferences (user_id, kind) {
        user_id -> Uuid,
        kind -> Text,
        email -> Bool,
    }
}

diesel::table! {
    notifications (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        kind -> Text,
        subject -> Text,
        subject_id -> Uuid,
        once -> Nullable<Text>,
        read_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        user_id -> Uuid,
        kind -> Nullable<Text>,
        notices -> Array<Nullable<Uuid>>,
        letter -> Nullable<Text>,
        sealed -> Nullable<Bytea>,
        master_key_id -> Nullable<Text>,
        attempts -> Int2,
        next_at -> Timestamptz,
        handed_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    parties (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        also_from -> Array<Nullable<Uuid>>,
        person_id -> Uuid,
        role -> Text,
        identity -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    party_addresses (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        also_from -> Array<Nullable<Uuid>>,
        party_id -> Uuid,
        kind -> Text,
        confidential -> Bool,
        known_to_perpetrator -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    party_characteristics (party_id) {
        party_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    party_contacts (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        also_from -> Array<Nullable<Uuid>>,
        party_id -> Uuid,
        kind -> Text,
        safe_to_call -> Bool,
        safe_to_text -> Bool,
        safe_voicemail -> Bool,
        withheld_number -> Bool,
        confirmed_at -> Nullable<Timestamptz>,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    party_relationships (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        also_from -> Array<Nullable<Uuid>>,
        filled_by_id -> Nullable<Uuid>,
        from_party_id -> Uuid,
        to_party_id -> Uuid,
        kind -> Text,
        living_together -> Text,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    persons (id) {
        id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    pending_grants (id) {
        id -> Uuid,
        kind -> Text,
        marac_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        rights -> Nullable<Array<Nullable<Text>>>,
        ends_at -> Timestamptz,
        asked_by -> Nullable<Uuid>,
        expires_at -> Timestamptz,
        outcome -> Nullable<Text>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    questions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        heading -> Text,
        status -> Text,
        agency_id -> Uuid,
        asked_by -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        read_entries -> Array<Nullable<Uuid>>,
        answer_entries -> Array<Nullable<Uuid>>,
        taken_at -> Nullable<Timestamptz>,
        taken_by -> Nullable<Uuid>,
        settled_at -> Nullable<Timestamptz>,
        settled_by -> Nullable<Uuid>,
        sealed -> Bytea,
        settling -> Nullable<Bytea>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    referral_counts (referral_id) {
        referral_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referred_on -> Date,
        source -> Text,
        co_source -> Nullable<Text>,
        gender -> Text,
        ethnicity -> Text,
        lgbt -> Text,
        disabled -> Text,
        age -> Nullable<Int2>,
        perpetrator_under_18 -> Text,
        children -> Int2,
        filed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    referral_joins (referral_id) {
        referral_id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        file_id -> Uuid,
        reason -> Nullable<Bytea>,
        status_before -> Text,
        closed_before -> Nullable<Timestamptz>,
        joined_by -> Nullable<Uuid>,
        unjoined_at -> Nullable<Timestamptz>,
        unjoined_by -> Nullable<Uuid>,
        unjoin_reason -> Nullable<Bytea>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    referrals (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        own_file_id -> Nullable<Uuid>,
        agency_id -> Uuid,
        co_agency_id -> Nullable<Uuid>,
        submitted_by -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        external_ref -> Nullable<Text>,
        status -> Text,
        urgent -> Bool,
        referred_on -> Nullable<Date>,
        submitted_at -> Nullable<Timestamptz>,
        document -> Bytea,
        tool -> Nullable<Text>,
        tool_version -> Nullable<Int4>,
        score -> Nullable<Int2>,
        maximum -> Nullable<Int2>,
        not_asked_count -> Nullable<Int2>,
        criteria -> Array<Nullable<Text>>,
        idva_referral -> Nullable<Text>,
        missing -> Array<Nullable<Text>>,
        gaps -> Array<Nullable<Text>>,
        is_repeat -> Nullable<Bool>,
        separate -> Nullable<Bytea>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        decision -> Nullable<Bytea>,
        challenge -> Nullable<Bytea>,
        challenged_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    registered_actors (id) {
        id -> Uuid,
        agency_id -> Uuid,
        client_id -> Uuid,
        partner_ref -> Text,
        name -> Text,
        kind -> Text,
        user_id -> Nullable<Uuid>,
        disabled_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    research_returns (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        meeting_id -> Uuid,
        agenda_item_id -> Uuid,
        agency_id -> Uuid,
        status -> Text,
        standing -> Text,
        nothing_known -> Bool,
        due_on -> Date,
        requested_at -> Timestamptz,
        answered_on -> Nullable<Date>,
        answered_at -> Nullable<Timestamptz>,
        private -> Nullable<Bytea>,
        shareable -> Nullable<Bytea>,
        exemption -> Nullable<Bytea>,
        batch_id -> Nullable<Uuid>,
        by_user_id -> Nullable<Uuid>,
        by_actor_id -> Nullable<Uuid>,
        version -> Int4,
    }
}

diesel::table! {
    research_versions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        return_id -> Uuid,
        version -> Int4,
        status -> Text,
        private -> Nullable<Bytea>,
        shareable -> Nullable<Bytea>,
        answered_at -> Timestamptz,
        by_user_id -> Nullable<Uuid>,
        by_actor_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    restrictions (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        reason -> Nullable<Bytea>,
        set_by -> Nullable<Uuid>,
        origin_id -> Nullable<Uuid>,
        laid_by -> Nullable<Text>,
        ends_at -> Timestamptz,
        lifted_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    risk_assessments (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        referral_id -> Nullable<Uuid>,
        tool -> Text,
        tool_version -> Int4,
        tool_role -> Text,
        score -> Nullable<Int2>,
        maximum -> Nullable<Int2>,
        yes_count -> Int2,
        no_count -> Int2,
        dont_know_count -> Int2,
        not_asked_count -> Int2,
        assessed_on -> Date,
        assessed_how -> Text,
        agency_id -> Uuid,
        created_by -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        supersedes_id -> Nullable<Uuid>,
        sealed -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    risk_figures (case_id, number) {
        case_id -> Uuid,
        number -> Int2,
        marac_id -> Uuid,
        place -> Text,
        leads -> Bool,
        assessment_id -> Uuid,
        score -> Nullable<Int2>,
        answered_count -> Int2,
        not_asked_count -> Int2,
    }
}

diesel::table! {
    role_grants (id) {
        id -> Uuid,
        marac_id -> Uuid,
        user_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        role -> Text,
        deputy_id -> Nullable<Uuid>,
        granted_by -> Nullable<Uuid>,
        ends_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        password_at -> Timestamptz,
        network -> Nullable<Bytea>,
        network_new -> Nullable<Bool>,
        last_used_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        revoked_because -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    standard_action_versions (marac_id, version) {
        marac_id -> Uuid,
        version -> Int4,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    standard_actions (marac_id, version, code) {
        marac_id -> Uuid,
        version -> Int4,
        position -> Int2,
        code -> Text,
        text -> Text,
        category -> Text,
        target -> Text,
        priority -> Text,
        due_days -> Int2,
        every_listed_agency -> Bool,
        agency_kinds -> Array<Nullable<Text>>,
        needs -> Array<Nullable<Text>>,
    }
}

diesel::table! {
    told_already (id) {
        id -> Uuid,
        marac_id -> Uuid,
        case_id -> Uuid,
        heading -> Text,
        agency_id -> Uuid,
        user_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        question_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        agency_id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        administrator -> Bool,
        in_hand_of -> Nullable<Uuid>,
        address_changed_at -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        disabled_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::joinable!(account_entries -> agencies (agency_id));
diesel::joinable!(account_entries -> cases (case_id));
diesel::joinable!(account_entries -> maracs (marac_id));
diesel::joinable!(account_entries -> registered_actors (actor_id));
diesel::joinable!(account_entries -> users (author_id));
diesel::joinable!(action_changes -> actions (action_id));
diesel::joinable!(action_changes -> agencies (agency_id));
diesel::joinable!(action_changes -> cases (case_id));
diesel::joinable!(action_changes -> maracs (marac_id));
diesel::joinable!(action_escalations -> actions (action_id));
diesel::joinable!(action_escalations -> agencies (owner_agency_id));
diesel::joinable!(action_escalations -> cases (case_id));
diesel::joinable!(action_escalations -> maracs (marac_id));
diesel::joinable!(action_events -> actions (action_id));
diesel::joinable!(action_events -> cases (case_id));
diesel::joinable!(action_events -> maracs (marac_id));
diesel::joinable!(action_events -> registered_actors (by_actor_id));
diesel::joinable!(action_events -> users (by_user_id));
diesel::joinable!(actions -> agencies (owner_agency_id));
diesel::joinable!(actions -> agenda_items (agenda_item_id));
diesel::joinable!(actions -> cases (case_id));
diesel::joinable!(actions -> maracs (marac_id));
diesel::joinable!(actions -> meetings (meeting_id));
diesel::joinable!(agenda_items -> cases (case_id));
diesel::joinable!(agenda_items -> maracs (marac_id));
diesel::joinable!(agenda_items -> referrals (referral_id));
diesel::joinable!(agenda_items -> users (decided_by));
diesel::joinable!(agenda_listings -> agencies (agency_id));
diesel::joinable!(agenda_listings -> agenda_items (agenda_item_id));
diesel::joinable!(agenda_listings -> cases (case_id));
diesel::joinable!(agenda_listings -> maracs (marac_id));
diesel::joinable!(agenda_sessions -> maracs (marac_id));
diesel::joinable!(agenda_sessions -> meetings (meeting_id));
diesel::joinable!(api_clients -> agencies (agency_id));
diesel::joinable!(api_clients -> users (created_by));
diesel::joinable!(attendance_items -> agenda_items (agenda_item_id));
diesel::joinable!(attendance_items -> attendances (attendance_id));
diesel::joinable!(attendance_items -> cases (case_id));
diesel::joinable!(attendance_items -> maracs (marac_id));
diesel::joinable!(attendances -> agencies (agency_id));
diesel::joinable!(attendances -> maracs (marac_id));
diesel::joinable!(attendances -> meetings (meeting_id));
diesel::joinable!(attendances -> registered_actors (actor_id));
diesel::joinable!(attendances -> users (user_id));
diesel::joinable!(calendar_feeds -> users (user_id));
diesel::joinable!(audit_adoptions -> audit_heads (last_seq));
diesel::joinable!(cases -> agencies (lead_agency_id));
diesel::joinable!(cases -> maracs (marac_id));
diesel::joinable!(cases -> users (lead_user_id));
diesel::joinable!(circle -> agencies (agency_id));
diesel::joinable!(circle -> cases (case_id));
diesel::joinable!(circle -> maracs (marac_id));
diesel::joinable!(circle -> meetings (meeting_id));
diesel::joinable!(circle -> registered_actors (actor_id));
diesel::joinable!(circle -> restrictions (restriction_id));
diesel::joinable!(confidentiality_statements -> maracs (marac_id));
diesel::joinable!(confidentiality_statements -> users (created_by));
diesel::joinable!(conflicts_of_interest -> agenda_items (agenda_item_id));
diesel::joinable!(conflicts_of_interest -> cases (case_id));
diesel::joinable!(conflicts_of_interest -> exclusions (exclusion_id));
diesel::joinable!(conflicts_of_interest -> maracs (marac_id));
diesel::joinable!(conflicts_of_interest -> users (declared_by));
diesel::joinable!(damaged_meeting_parts -> maracs (marac_id));
diesel::joinable!(damaged_meeting_parts -> meetings (meeting_id));
diesel::joinable!(damaged_parts -> cases (case_id));
diesel::joinable!(damaged_parts -> maracs (marac_id));
diesel::joinable!(data_keys -> cases (case_id));
diesel::joinable!(data_keys -> maracs (marac_id));
diesel::joinable!(entry_openings -> account_entries (entry_id));
diesel::joinable!(entry_openings -> agencies (agency_id));
diesel::joinable!(entry_openings -> cases (case_id));
diesel::joinable!(entry_openings -> circle (circle_id));
diesel::joinable!(entry_openings -> maracs (marac_id));
diesel::joinable!(entry_openings -> questions (question_id));
diesel::joinable!(entry_openings -> users (opened_by));
diesel::joinable!(exclusions -> agencies (agency_id));
diesel::joinable!(exclusions -> api_clients (client_id));
diesel::joinable!(exclusions -> cases (case_id));
diesel::joinable!(exclusions -> maracs (marac_id));
diesel::joinable!(exclusions -> registered_actors (actor_id));
diesel::joinable!(flag_events -> cases (case_id));
diesel::joinable!(flag_events -> flags (flag_id));
diesel::joinable!(flag_events -> maracs (marac_id));
diesel::joinable!(flags -> agencies (agency_id));
diesel::joinable!(flags -> cases (case_id));
diesel::joinable!(flags -> maracs (marac_id));
diesel::joinable!(hearing_entries -> agencies (agency_id));
diesel::joinable!(hearing_entries -> agenda_items (agenda_item_id));
diesel::joinable!(hearing_entries -> cases (case_id));
diesel::joinable!(hearing_entries -> maracs (marac_id));
diesel::joinable!(hearing_entries -> registered_actors (actor_id));
diesel::joinable!(hearing_entries -> users (author_id));
diesel::joinable!(idva_allocations -> agencies (agency_id));
diesel::joinable!(idva_allocations -> cases (case_id));
diesel::joinable!(idva_allocations -> maracs (marac_id));
diesel::joinable!(idva_contacts -> agencies (agency_id));
diesel::joinable!(idva_contacts -> cases (case_id));
diesel::joinable!(idva_contacts -> idva_allocations (allocation_id));
diesel::joinable!(idva_contacts -> maracs (marac_id));
diesel::joinable!(idva_contacts -> meetings (meeting_id));
diesel::joinable!(idva_contacts -> party_contacts (contact_id));
diesel::joinable!(known_networks -> users (user_id));
diesel::joinable!(lapse_notices -> cases (case_id));
diesel::joinable!(lapse_notices -> maracs (marac_id));
diesel::joinable!(lapse_notices -> users (decided_by));
diesel::joinable!(marac_agencies -> agencies (agency_id));
diesel::joinable!(marac_agencies -> maracs (marac_id));
diesel::joinable!(marac_agencies -> users (suspended_by));
diesel::joinable!(match_tokens -> cases (case_id));
diesel::joinable!(match_tokens -> maracs (marac_id));
diesel::joinable!(meeting_keys -> maracs (marac_id));
diesel::joinable!(meeting_keys -> meetings (meeting_id));
diesel::joinable!(meetings -> maracs (marac_id));
diesel::joinable!(minutes_parts -> cases (case_id));
diesel::joinable!(minutes_parts -> maracs (marac_id));
diesel::joinable!(minutes_parts -> meetings (meeting_id));
diesel::joinable!(minutes_parts -> minutes_versions (version_id));
diesel::joinable!(minutes_versions -> maracs (marac_id));
diesel::joinable!(minutes_versions -> meetings (meeting_id));
diesel::joinable!(notification_preferences -> users (user_id));
diesel::joinable!(notifications -> api_clients (client_id));
diesel::joinable!(notifications -> cases (case_id));
diesel::joinable!(notifications -> maracs (marac_id));
diesel::joinable!(notifications -> users (user_id));
diesel::joinable!(outbox -> users (user_id));
diesel::joinable!(parties -> cases (case_id));
diesel::joinable!(parties -> maracs (marac_id));
diesel::joinable!(parties -> persons (person_id));
diesel::joinable!(party_addresses -> cases (case_id));
diesel::joinable!(party_addresses -> maracs (marac_id));
diesel::joinable!(party_addresses -> parties (party_id));
diesel::joinable!(party_characteristics -> cases (case_id));
diesel::joinable!(party_characteristics -> maracs (marac_id));
diesel::joinable!(party_characteristics -> parties (party_id));
diesel::joinable!(party_contacts -> cases (case_id));
diesel::joinable!(party_contacts -> maracs (marac_id));
diesel::joinable!(party_contacts -> parties (party_id));
diesel::joinable!(party_relationships -> cases (case_id));
diesel::joinable!(party_relationships -> maracs (marac_id));
diesel::joinable!(questions -> agencies (agency_id));
diesel::joinable!(questions -> cases (case_id));
diesel::joinable!(questions -> maracs (marac_id));
diesel::joinable!(questions -> registered_actors (actor_id));
diesel::joinable!(referral_counts -> cases (case_id));
diesel::joinable!(referral_counts -> maracs (marac_id));
diesel::joinable!(referral_counts -> referrals (referral_id));
diesel::joinable!(referrals -> cases (case_id));
diesel::joinable!(referrals -> maracs (marac_id));
diesel::joinable!(referrals -> registered_actors (actor_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(registered_actors -> agencies (agency_id));
diesel::joinable!(registered_actors -> api_clients (client_id));
diesel::joinable!(registered_actors -> users (user_id));
diesel::joinable!(research_returns -> agencies (agency_id));
diesel::joinable!(research_returns -> agenda_items (agenda_item_id));
diesel::joinable!(research_returns -> cases (case_id));
diesel::joinable!(research_returns -> maracs (marac_id));
diesel::joinable!(research_returns -> meetings (meeting_id));
diesel::joinable!(research_returns -> registered_actors (by_actor_id));
diesel::joinable!(research_returns -> users (by_user_id));
diesel::joinable!(research_versions -> cases (case_id));
diesel::joinable!(research_versions -> maracs (marac_id));
diesel::joinable!(research_versions -> registered_actors (by_actor_id));
diesel::joinable!(research_versions -> research_returns (return_id));
diesel::joinable!(research_versions -> users (by_user_id));
diesel::joinable!(restrictions -> cases (case_id));
diesel::joinable!(restrictions -> maracs (marac_id));
diesel::joinable!(risk_assessments -> agencies (agency_id));
diesel::joinable!(risk_assessments -> cases (case_id));
diesel::joinable!(risk_assessments -> maracs (marac_id));
diesel::joinable!(risk_assessments -> referrals (referral_id));
diesel::joinable!(risk_assessments -> registered_actors (actor_id));
diesel::joinable!(risk_assessments -> users (created_by));
diesel::joinable!(risk_figures -> cases (case_id));
diesel::joinable!(risk_figures -> maracs (marac_id));
diesel::joinable!(risk_figures -> risk_assessments (assessment_id));
diesel::joinable!(role_grants -> api_clients (client_id));
diesel::joinable!(role_grants -> maracs (marac_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(standard_action_versions -> maracs (marac_id));
diesel::joinable!(standard_action_versions -> users (created_by));
diesel::joinable!(told_already -> agencies (agency_id));
diesel::joinable!(told_already -> cases (case_id));
diesel::joinable!(told_already -> maracs (marac_id));
diesel::joinable!(told_already -> questions (question_id));
diesel::joinable!(told_already -> registered_actors (actor_id));
diesel::joinable!(told_already -> users (user_id));
diesel::joinable!(users -> agencies (agency_id));

diesel::allow_tables_to_appear_in_same_query!(
    absences,
    account_entries,
    action_changes,
    action_escalations,
    action_events,
    actions,
    address_changes,
    agencies,
    agenda_items,
    agenda_listings,
    agenda_sessions,
    api_clients,
    applied_functions,
    attendance_items,
    attendances,
    audit_adoptions,
    audit_chain,
    audit_events,
    audit_heads,
    calendar_feeds,
    cases,
    circle,
    confidentiality_statements,
    conflicts_of_interest,
    damaged_meeting_parts,
    damaged_parts,
    data_keys,
    entry_openings,
    exclusions,
    failed_sign_ins,
    flag_events,
    flags,
    guesses,
    hearing_entries,
    idempotency_keys,
    identity_differences,
    idva_allocations,
    idva_contacts,
    installation,
    invitations,
    jobs,
    known_networks,
    lapse_notices,
    marac_agencies,
    maracs,
    match_tokens,
    meeting_keys,
    meetings,
    minutes_parts,
    minutes_versions,
    notification_preferences,
    notifications,
    outbox,
    pending_grants,
    parties,
    party_addresses,
    party_characteristics,
    party_contacts,
    party_relationships,
    persons,
    questions,
    referral_counts,
    referral_joins,
    referrals,
    refresh_tokens,
    registered_actors,
    research_returns,
    research_versions,
    restrictions,
    risk_assessments,
    risk_figures,
    role_grants,
    sessions,
    standard_action_versions,
    standard_actions,
    told_already,
    users,
);

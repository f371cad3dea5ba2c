//! What the attribute makes of a function.

use proc_macro2::TokenStream;
use syn::{Item, Stmt};

use super::expand;

fn expanded(attribute: &str, function: &str) -> syn::Result<Vec<Item>> {
    let tokens = expand(attribute.parse().unwrap(), function.parse().unwrap())?;
    Ok(syn::parse2::<syn::File>(tokens)?.items)
}

/// What `utoipa::path` is told.
fn told(attribute: &str, function: &str) -> String {
    let items = expanded(attribute, function).unwrap();
    let Some(Item::Const(hidden)) = items.last() else {
        panic!("the last item is the hidden one");
    };
    let syn::Expr::Block(block) = &*hidden.expr else {
        panic!("it is a block");
    };
    let Some(Stmt::Item(Item::Fn(document))) = block.block.stmts.first() else {
        panic!("the document comes first");
    };
    let path = document.attrs.iter().find(|a| !a.path().is_ident("doc"));
    without_space(&path.unwrap().meta.require_list().unwrap().tokens)
}

fn tokens(text: &str) -> String {
    without_space(&text.parse().unwrap())
}

/// Tokens are compared, and not how far apart they stand.
fn without_space(tokens: &TokenStream) -> String {
    let text = tokens.to_string();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Why the attribute refuses a function.
fn refused(attribute: &str, function: &str) -> String {
    expanded(attribute, function).err().unwrap().to_string()
}

const ETAG: &str =
    r#"headers(("ETag" = String, description = "The version: send it as `If-Match`."))"#;
const LINK: &str = r#"headers(("Link" = String, description = "The next page, if there is one."))"#;

#[test]
fn a_read_takes_an_id_and_answers_a_version() {
    let told = told(
        r#"get, "/referrals/{id}", tag = "referrals", act = ReadReferral, says = "The referral.""#,
        "async fn read_referral(db: Data<Db>, caller: Caller, Path(id): Path<Uuid>) -> Result<Tagged<Out>> {}",
    );
    let wanted = format!(
        r#"get, path = "/referrals/{{id}}", impl_for = read_referral_route, operation_id = "read_referral",
        tag = "referrals",
        params(("id" = ::uuid::Uuid, Path, description = "The referral.")),
        responses((status = 200, description = "The referral.", body = Out, {ETAG}),
            ::kernel::http::Problems,
            ::kernel::http::PasswordProblems<
                {{ ::kernel::http::asks_again(::kernel::policy::Act::ReadReferral) }}>,)"#
    );
    assert_eq!(told, tokens(&wanted));
}

#[test]
fn a_change_takes_a_body_and_the_version_of_the_last_thing_in_the_path() {
    let told = told(
        r#"patch, "/cases/{id}/addresses/{address_id}", tag = "parties", says = "Changed.""#,
        "async fn change_address(caller: Caller, path: Path<(Uuid, Uuid)>, version: IfMatch,
            body: Body<AddressPatch>) -> Result<Json<Out>> {}",
    );
    let wanted = r#"patch, path = "/cases/{id}/addresses/{address_id}", impl_for = change_address_route,
        operation_id = "change_address", tag = "parties", request_body = AddressPatch,
        params(("id" = ::uuid::Uuid, Path, description = "The case."),
            ("address_id" = ::uuid::Uuid, Path, description = "The address."),
            ("If-Match" = String, Header, description = "The address's `etag` that was read.")),
        responses((status = 200, description = "Changed.", body = Out), ::kernel::http::Problems,
            ::kernel::http::WriteProblems, ::kernel::http::VersionProblems,)"#;
    assert_eq!(told, tokens(wanted));
}

#[test]
fn a_page_has_a_next_one_where_it_is_asked_for_by_a_query() {
    let attribute = r#"get, "/flags", tag = "flags", says = "A page.""#;
    let paged = told(
        attribute,
        "async fn list(caller: Caller, query: Query<FlagQuery>) -> Result<Page<Out>> {}",
    );
    assert!(paged.contains(&tokens("params(FlagQuery)")), "{paged}");
    assert!(
        paged.contains(&tokens(&format!("body = Page<Out>, {LINK}"))),
        "{paged}"
    );
    let whole = told(
        attribute,
        "async fn list(caller: Caller) -> Result<Page<Out>> {}",
    );
    assert!(!whole.contains("Link"), "{whole}");
}

#[test]
fn each_answer_has_its_status() {
    let attribute = r#"post, "/x", tag = "x", says = "Yes.""#;
    for (answer, wanted) in [
        (
            "NoContent",
            r#"(status = 204, description = "Yes.")"#.to_owned(),
        ),
        (
            "Created<Json<Out>>",
            r#"(status = 201, description = "Yes.", body = Out)"#.to_owned(),
        ),
        (
            "Created<Tagged<Out>>",
            format!(r#"(status = 201, description = "Yes.", body = Out, {ETAG})"#),
        ),
        (
            "Html",
            r#"(status = 200, description = "Yes.", body = String, content_type = "text/html")"#
                .to_owned(),
        ),
        (
            "Pdf",
            r#"(status = 200, description = "Yes.", body = inline(::kernel::http::Binary),
                content_type = "application/pdf")"#
                .to_owned(),
        ),
        (
            "Either<Page<Out>, Json<Page<Out>>>",
            r#"(status = 200, description = "Yes.", body = Page<Out>)"#.to_owned(),
        ),
    ] {
        let told = told(
            attribute,
            &format!("async fn x(caller: Caller) -> Result<{answer}> {{}}"),
        );
        let wanted = tokens(&format!("responses({wanted}, ::kernel::http::Problems,)"));
        assert!(told.ends_with(&wanted), "{told}");
    }
    let two = told(
        r#"put, "/x", tag = "x", says = "Changed.", or = "Made.""#,
        "async fn x(caller: Caller) -> Result<Either<Json<Out>, Created<Json<Out>>>> {}",
    );
    let wanted = r#"(status = 200, description = "Changed.", body = Out),
        (status = 201, description = "Made.", body = Out)"#;
    assert!(two.contains(&tokens(wanted)), "{two}");
}

#[test]
fn who_needs_no_token_says_so_and_names_the_refusals_that_follow_from_no_type() {
    let open = told(
        r#"get, "/livez", tag = "operations", says = "Alive.""#,
        "async fn livez() -> NoContent {}",
    );
    let wanted = r#"security(()), params(), responses((status = 204, description = "Alive."),)"#;
    assert!(open.ends_with(&tokens(wanted)), "{open}");
    let sign_in = told(
        r#"post, "/auth/login", tag = "auth", act = SignIn, says = "Signed in.""#,
        "async fn login(body: Body<LoginIn>) -> Result<Json<Out>> {}",
    );
    let wanted = "::kernel::http::Problems, ::kernel::http::WriteProblems,";
    assert!(sign_in.contains(&tokens(wanted)), "{sign_in}");
    assert!(!sign_in.contains("PasswordProblems"), "{sign_in}");
}

#[test]
fn a_retry_and_an_optional_version_are_headers() {
    let told = told(
        r#"put, "/maracs/{id}", tag = "maracs", says = "Yes.", if_match = "None to join.",
            names(id = "The area."), problems(OtherProblems)"#,
        "async fn x(caller: Caller, id: Path<Uuid>, key: IdempotencyKey, version: Result<IfMatch>)
            -> Result<NoContent> {}",
    );
    for wanted in [
        r#"("id" = ::uuid::Uuid, Path, description = "The area.")"#,
        r#"("If-Match" = Option<String>, Header, description = "None to join.")"#,
        r#"("Idempotency-Key" = Option<String>, Header, description = "Makes a retry happen once.")"#,
        "::kernel::http::VersionProblems, OtherProblems",
    ] {
        assert!(told.contains(&tokens(wanted)), "{wanted}: {told}");
    }
}

#[test]
fn the_function_stays_and_has_its_act() {
    let items = expanded(
        r#"get, "/x", tag = "x", act = ReadMe, says = "Yes.""#,
        "#[doc = \" Words.\"] pub async fn x(caller: Caller) -> Result<NoContent> { ACT.ask(); Ok(NoContent) }",
    )
    .unwrap();
    let Some(Item::Fn(function)) = items.first() else {
        panic!("the function comes first");
    };
    let wanted: syn::ItemFn = syn::parse_quote! {
        #[doc = " Words."]
        pub async fn x(caller: Caller) -> Result<NoContent> {
            const ACT: ::kernel::policy::Act = ::kernel::policy::Act::ReadMe;
            ACT.ask();
            Ok(NoContent)
        }
    };
    let text = |function: &syn::ItemFn| quote::quote!(#function).to_string();
    assert_eq!(text(function), text(&wanted));
}

#[test]
fn what_the_document_could_not_say_is_refused() {
    let takes = "async fn x(caller: Caller, id: Path<Uuid>) -> Result<NoContent> {}";
    let plain = "async fn x(caller: Caller) -> Result<NoContent> {}";
    let bytes = "async fn x(caller: Caller) -> Result<HttpResponse> {}";
    for (attribute, function, why) in [
        (
            r#"get, "/x", says = "Yes.""#,
            plain,
            "an operation has a `tag`",
        ),
        (
            r#"get, "/x", tag = "x""#,
            plain,
            "say what it answers: `says`",
        ),
        (
            r#"get, "/x", tag = "x", sais = "Yes.""#,
            plain,
            "an operation says nothing of this",
        ),
        (
            r#"get, "/x", tag = "x", says = "Yes.""#,
            bytes,
            "no type of answer that the document knows: write `answers`",
        ),
        (
            r#"get, "/x", tag = "x", says = "Yes.""#,
            takes,
            "the path and the argument `Path` differ",
        ),
        (
            r#"get, "/x/{y}", tag = "x", says = "Yes.""#,
            takes,
            "say what `y` is: in `words`, or with `names`",
        ),
    ] {
        assert_eq!(refused(attribute, function), why);
    }
}

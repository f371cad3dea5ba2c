//! An operation of the API: its document and its route are made from the types of a function.
//!
//! ```text
//! /// Read a referral as it was received.
//! #[operation(get, "/referrals/{id}", tag = "referrals", act = ReadReferral, says = "The referral.")]
//! pub async fn read_referral(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<Tagged<ReferralOut>> { … }
//! ```
//!
//! The function stays as it is, and any reader in the process may call it. Its name is the id of the operation. Beside
//! it stands `read_referral_route`, which a slice's `routes` serves.
//!
//! What it takes is read from the arguments (`takes`), what it answers from the return type (`answers`). With `act`
//! the body has the act as `ACT`.
//!
//! An attribute may also say
//! - `or`: what the second type of an `Either` answers;
//! - `names(id = "…")`: what a parameter of the path is, where the table in `words` does not know it;
//! - `if_match = "…"`: whose version `If-Match` is, where it is not that of the last thing in the path;
//! - `problems(…)`: problems beside those that follow from the types;
//! - `params(…)`, `answers(…)`, `security(…)`: the path's parameters, the answers and the security in the words of
//!   `utoipa::path`, where no type says them.

mod answers;
mod attribute;
mod takes;
#[cfg(test)]
mod tests;
mod words;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ItemFn, Result};

use attribute::Attribute;
use takes::Takes;

/// The function, its route and its document.
pub fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let attribute: Attribute = syn::parse2(attribute)?;
    let mut function: ItemFn = syn::parse2(item)?;
    let takes = Takes::of(&attribute, &function.sig)?;
    let document = document(&attribute, &takes, &function)?;
    let route = route(&attribute, &function);
    if let Some(act) = &attribute.act {
        let constant = syn::parse_quote! {
            const ACT: ::kernel::policy::Act = ::kernel::policy::Act::#act;
        };
        function.block.stmts.insert(0, constant);
    }
    let name = format_ident!("{}_route", function.sig.ident);
    let shown = &function.vis;
    let about = format!("Serves `{}`.", function.sig.ident);
    Ok(quote! {
        #function

        #[doc = #about]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy)]
        #shown struct #name;

        const _: () = {
            #document
            #route
        };
    })
}

/// How actix serves it.
fn route(attribute: &Attribute, function: &ItemFn) -> TokenStream {
    let Attribute { method, path, .. } = attribute;
    let name = &function.sig.ident;
    let route = format_ident!("{name}_route");
    let text = name.to_string();
    let guard = words::guard(method);
    quote! {
        impl ::actix_web::dev::HttpServiceFactory for #route {
            fn register(self, service: &mut ::actix_web::dev::AppService) {
                let resource = ::actix_web::Resource::new(#path)
                    .name(#text)
                    .guard(::actix_web::guard::#guard())
                    .to(#name);
                ::actix_web::dev::HttpServiceFactory::register(resource, service);
            }
        }
    }
}

/// What `utoipa` is told of it.
fn document(attribute: &Attribute, takes: &Takes, function: &ItemFn) -> Result<TokenStream> {
    let Attribute {
        method, path, tag, ..
    } = attribute;
    let name = function.sig.ident.to_string();
    let route = format_ident!("{name}_route");
    let docs = function.attrs.iter().filter(|a| a.path().is_ident("doc"));
    let body = takes
        .body
        .as_ref()
        .map(|body| quote! { request_body #body, });
    let security = match (&attribute.security, takes.caller) {
        (Some(own), _) => Some(quote! { security(#own), }),
        (None, true) => None,
        (None, false) => Some(quote! { security(()), }),
    };
    let params = &takes.params;
    let answers = answers::of(attribute, takes, &function.sig)?;
    let problems = problems(attribute, takes);
    Ok(quote! {
        #(#docs)*
        #[::utoipa::path(#method, path = #path, impl_for = #route, operation_id = #name, tag = #tag,
            #security #body params(#(#params),*), responses(#answers #problems))]
        #[allow(dead_code)]
        fn document() {}
    })
}

/// With what it may refuse. Without a caller and without a body nothing follows from the types.
fn problems(attribute: &Attribute, takes: &Takes) -> TokenStream {
    let mut problems = TokenStream::new();
    if takes.caller || takes.body.is_some() {
        problems.extend(quote! { ::kernel::http::Problems, });
    }
    if let (true, Some(act)) = (takes.caller, &attribute.act) {
        problems.extend(quote! {
            ::kernel::http::PasswordProblems<{ ::kernel::http::asks_again(::kernel::policy::Act::#act) }>,
        });
    }
    if takes.json || takes.version {
        problems.extend(quote! { ::kernel::http::WriteProblems, });
    }
    if takes.version {
        problems.extend(quote! { ::kernel::http::VersionProblems, });
    }
    problems.extend(attribute.problems.clone());
    problems
}

//! What the house says in one line instead of many.
//!
//! It knows how code is written, and nothing of the field: no act, no table, no rule.

mod operation;
mod row;
mod statement;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// An operation of the API: see `operation`.
#[proc_macro_attribute]
pub fn operation(attribute: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(attribute.into(), item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// A row of a statement: `QueryableByName`, with the SQL type of each column taken from its Rust type.
#[proc_macro_derive(Row, attributes(row))]
pub fn row(item: TokenStream) -> TokenStream {
    row::derive(&parse_macro_input!(item))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// A statement from a `.sql` file: see `statement`.
#[proc_macro]
pub fn statement(item: TokenStream) -> TokenStream {
    let caller = proc_macro::Span::call_site().local_file();
    statement::expand(item.into(), caller)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The text of one fragment: `fragment!("visible_cases", "c")`.
#[proc_macro]
pub fn fragment(item: TokenStream) -> TokenStream {
    statement::fragment(item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

//! A statement from a `.sql` file.

use proc_macro2::TokenStream;

pub fn expand(_item: TokenStream) -> syn::Result<TokenStream> {
    Ok(TokenStream::new())
}

//! `botbox:line/account-link`: links users' LINE accounts with accounts of the provider's service.

use crate::bindings::botbox::line::account_link::Host;
use crate::bindings::botbox::line::errors::CallError;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn create_link(&mut self, user_id: String) -> Result<String, CallError> {
        self.check_call(Capability::AccountLink)?;
        Ok(self.environment.services.create_link(&user_id).await?)
    }

    async fn linked_account(&mut self, user_id: String) -> Result<Option<String>, CallError> {
        self.check_call(Capability::AccountLink)?;
        Ok(self.environment.services.linked_account(&user_id).await?)
    }

    async fn unlink(&mut self, user_id: String) -> Result<bool, CallError> {
        self.check_call(Capability::AccountLink)?;
        Ok(self.environment.services.unlink(&user_id).await?)
    }
}

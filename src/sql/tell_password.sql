-- Tells the rest of the transaction the application's new password.
select from set_config('toldonce.new_password', $1, true)

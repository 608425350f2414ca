"""Finance: what money later is worth now, what owning costs against renting, and how sure that is (DOMAIN 10, 11)."""

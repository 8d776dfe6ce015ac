"""Why a lead was won here and lost there: the same lead followed through two worlds on the same luck."""

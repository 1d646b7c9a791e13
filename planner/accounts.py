"""How people sign in: accounts are given by an administrator, never taken."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignup(DefaultAccountAdapter):
    """Nobody registers by themselves."""

    def is_open_for_signup(self, request):
        """Refuse; an administrator creates accounts on the desk."""
        return False

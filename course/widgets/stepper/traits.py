"""What the stepper's state is made of: nested lists of floats that also take arrays and tuples."""

import numpy as np
import traitlets


class Numbers(traitlets.TraitType):
    """Nested lists of floats; numpy arrays and tuples are taken too."""

    def validate(self, obj, value):
        """The value as nested lists of floats, or None. Raises TraitError where a part is no
        number."""

        def plain(part):
            if isinstance(part, (list, tuple, np.ndarray)):
                return [plain(inner) for inner in part]
            if isinstance(part, (bool, np.bool_)) or not isinstance(part, (int, float, np.number)):
                raise traitlets.TraitError(f"{self.name} holds numbers only, not {part!r}")
            return float(part)

        return None if value is None else plain(value)

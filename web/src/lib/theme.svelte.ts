// Light, dark, or as the system says.
export type Theme = 'auto' | 'light' | 'dark';

const STORED = 'tanggap.theme';

function stored(): Theme {
  try {
    const value = window.localStorage.getItem(STORED);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}

class Appearance {
  theme = $state<Theme>(stored());

  constructor() {
    // What is chosen in one tab holds in all.
    window.addEventListener('storage', (event) => {
      if (event.key !== STORED) return;
      this.theme = stored();
      this.apply();
    });
  }

  choose(theme: Theme): void {
    this.theme = theme;
    this.apply();
    try {
      if (theme === 'auto') window.localStorage.removeItem(STORED);
      else window.localStorage.setItem(STORED, theme);
    } catch {
      // Storage may be switched off; the choice then lasts until the page closes.
    }
  }

  apply(): void {
    const root = document.documentElement;
    if (this.theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', this.theme);
  }
}

export const appearance = new Appearance();

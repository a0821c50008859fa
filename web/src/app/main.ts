import './tokens.css';
import './base.css';
import { mount } from 'svelte';
import { language } from '$lib/i18n/index.svelte';
import { appearance } from '$lib/theme.svelte';
import App from './App.svelte';

appearance.apply();
// Not awaited at the top: the texts that it fetches import from the file that this ends up in, which
// must have run by then.
void language.start().then(() => {
  const target = document.getElementById('app');
  if (target) mount(App, { target });
});

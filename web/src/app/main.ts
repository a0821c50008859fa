import './tokens.css';
import './base.css';
import { mount } from 'svelte';
import { language } from '$lib/i18n/index.svelte';
import { appearance } from '$lib/theme.svelte';
import App from './App.svelte';

appearance.apply();
await language.start();
const target = document.getElementById('app');
if (target) mount(App, { target });

import './page.css';
import { startPage } from './page.ts';

void startPage(document);

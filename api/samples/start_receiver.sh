. venv/bin/activate
export QY_SECRET=whsec_YOUR_SECRET
python receive_webhooks.py

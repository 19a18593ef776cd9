"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.payments import desk_views, views

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/callback/<slug:provider>/", views.callback, name="callback"),
    path("payments/<slug:number>/", views.bill, name="bill"),
    path("payments/<slug:number>/simulate/", views.simulate, name="simulate"),
    path("desk/payments/", desk_views.overview, name="overview"),
    path("desk/payments/close/", desk_views.close_day, name="close_day"),
    path("desk/payments/refunds/<int:refund_id>/", desk_views.pay_out, name="pay_out"),
    path("desk/payments/receipts/<int:receipt_id>/", desk_views.settle, name="settle"),
    path("desk/payments/<slug:number>/", desk_views.desk_bill, name="desk_bill"),
    path("desk/payments/<slug:number>/cash/", desk_views.take_cash, name="take_cash"),
    path("desk/payments/<slug:number>/receipt/", desk_views.receipt, name="receipt"),
    path("desk/payments/<slug:number>/refund/", desk_views.refund, name="refund"),
]

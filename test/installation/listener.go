package installation

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// redial is when a websocket that could not be connected is tried again. That it
// could not is counted already.
const redial = time.Second

// listen to the server's events until the context ends. A server that stops closes
// the websocket, and another one must take it.
func (p *Prober) listen(ctx context.Context, socket *model.WebSocketClient) {
	for {
		drain(ctx, socket)
		if ctx.Err() != nil {
			return
		}
		if socket = p.reconnect(ctx); socket == nil {
			return
		}
	}
}

// drain a websocket until it is closed, by the server or because the context ends.
func drain(ctx context.Context, socket *model.WebSocketClient) {
	defer hangUp(socket)
	for {
		select {
		case _, open := <-socket.EventChannel:
			if !open {
				return
			}
		case <-socket.ResponseChannel:
		case <-socket.PingTimeoutChannel:
			// Nobody is at the other end any more.
			return
		case <-ctx.Done():
			return
		}
	}
}

// reconnect the websocket, or return nil when the context ends before.
func (p *Prober) reconnect(ctx context.Context) *model.WebSocketClient {
	again := time.NewTicker(redial)
	defer again.Stop()
	for {
		socket, err := p.session.socket()
		p.lock.Lock()
		if err == nil {
			p.record.Reconnects++
		} else {
			p.record.fail(time.Since(p.began), err)
		}
		p.lock.Unlock()
		if err == nil {
			return socket
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}
